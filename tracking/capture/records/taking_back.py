"""What was made of statements goes where they are voided, as far as no other statement still tells of it."""

from __future__ import annotations

from collections.abc import Sequence

from tracking.capture import attempts, quarantine, writing
from tracking.capture.importing.rows import ATTEMPT, Entry
from tracking.capture.records import reading
from tracking.capture.records.units import Units
from tracking.lms.values import UnitRef
from tracking.models import Attempt, Event, XapiStatement


def take_back(voided: Sequence[XapiStatement], units: Units) -> None:
    """Delete the events and attempts of ``voided``; an attempt of which others tell is again as the last of them says.

    What films proved is reckoned anew elsewhere.
    """
    for row in voided:
        entry = reading.entry_of(row)
        if not isinstance(entry, Entry) or not reading.is_foreign(row):
            continue
        if entry.kind == ATTEMPT:
            _take_back_attempt(row, entry, units)
        else:
            writing.forget(Event.objects.filter(pk=entry.id, learner_id=row.learner_id))
            quarantine.forget_events([entry.id])


def _take_back_attempt(row: XapiStatement, entry: Entry, units: Units) -> None:
    key = reading.source_key_of(entry)
    source = {"source_label": reading.SOURCE, "source_key": key}
    stored = Attempt.objects.filter(**source, learner_id=row.learner_id).first()
    if stored is not None:
        # Who voids it need not be the content that told it, and that was heard about the unit it was opened in.
        units = Units(UnitRef(course_key=stored.course_key, unit_key=stored.unit_key))
    last = _last_of(row, key)
    if last is None or units.find(last[1]) is None:
        attempts.forget(**source, learner_id=row.learner_id)
    else:
        attempts.record_all([reading.attempt_of(*last, units)])


def _last_of(row: XapiStatement, key: str) -> tuple[XapiStatement, Entry] | None:
    """Return the last statement that still tells of the attempt that ``row`` told of."""
    if row.registration is None:
        return None
    others = XapiStatement.objects.filter(
        learner_id=row.learner_id, registration=row.registration, is_voided=False
    ).order_by("-stored_at", "-happened_at")
    for other in others:
        entry = reading.entry_of(other)
        is_attempt = isinstance(entry, Entry) and entry.kind == ATTEMPT and reading.is_foreign(other)
        if is_attempt and reading.source_key_of(entry) == key:
            return other, entry
    return None
