"""Delete what was recorded from voided statements, unless another statement still reports it."""

from __future__ import annotations

from collections.abc import Sequence

from tracking.capture import attempts, event_store, quarantine
from tracking.capture.importing.rows import ATTEMPT, LogEntry
from tracking.lms.values import UnitRef
from tracking.models import Attempt, Event
from tracking.xapi.models import XapiStatement
from tracking.xapi.statements import interpretation
from tracking.xapi.statements.unit_lookup import UnitLookup


def retract_statements(voided: Sequence[XapiStatement], units: UnitLookup) -> None:
    """Delete the events and attempts of ``voided``; an attempt that others report is restored to the last of them.

    ``video_views`` recalculates the views of videos.
    """
    for row in voided:
        entry = interpretation.statement_entry(row)
        if not isinstance(entry, LogEntry) or not interpretation.is_foreign_statement(row):
            continue
        if entry.kind == ATTEMPT:
            _take_back_attempt(row, entry, units)
        else:
            event_store.delete_events(Event.objects.filter(pk=entry.id, learner_id=row.learner_id))
            quarantine.delete_quarantined_events([entry.id])


def _take_back_attempt(row: XapiStatement, entry: LogEntry, units: UnitLookup) -> None:
    key = interpretation.attempt_source_key(entry)
    source = {"source_label": interpretation.SOURCE, "source_key": key}
    stored = Attempt.objects.filter(**source, learner_id=row.learner_id).first()
    if stored is not None:
        # The voiding sender need not be the content that sent it, which was recorded for the unit it was opened in.
        units = UnitLookup(UnitRef(course_key=stored.course_key, unit_key=stored.unit_key))
    last = _last_of(row, key)
    if last is None or units.find(last[1]) is None:
        attempts.delete_attempts(**source, learner_id=row.learner_id)
    else:
        attempts.store_attempts([interpretation.entry_attempt(*last, units)])


def _last_of(row: XapiStatement, key: str) -> tuple[XapiStatement, LogEntry] | None:
    """Return the last statement that still reports the attempt of ``row``."""
    if row.registration is None:
        return None
    others = XapiStatement.objects.filter(
        learner_id=row.learner_id, registration=row.registration, is_voided=False
    ).order_by("-stored_at", "-happened_at")
    for other in others:
        entry = interpretation.statement_entry(other)
        is_attempt = (
            isinstance(entry, LogEntry)
            and entry.kind == ATTEMPT
            and interpretation.is_foreign_statement(other)
        )
        if is_attempt and interpretation.attempt_source_key(entry) == key:
            return other, entry
    return None
