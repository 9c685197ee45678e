"""The recorder: collects what was recorded while it was open, so that a test can compare it with what it expects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, TypeVar

from django.db.models import Model

from tracking import events as event_kinds
from tracking import hooks, signals
from tracking.events import LearnerId
from tracking.models import Attempt, Event, QuarantinedRecord, RejectionCount

M = TypeVar("M", bound=Model)

REPLACED = ("cause", "learner", "course_key", "unit_key", "happened_at", "payload")
"""What a later version of a quarantined record replaces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedUnit:
    """A unit, and the learner who opened or completed it."""

    learner_id: LearnerId
    course_key: str
    unit_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recorded:
    events: list[Event]
    attempts: list[Attempt]
    quarantined: list[QuarantinedRecord]
    rejections: dict[str, int]


class Recorder:
    """A context manager that collects what is recorded in its block: ``with Recorder() as recorder: ...``.

    Read the results in the block or after it; after the block they no longer change. They leave out what was rolled
    back. Answers of an attempt are read when the host's transaction commits, so a test that looks at them needs one.
    """

    def __init__(self) -> None:
        self._event_ids: list[Any] = []
        self._attempt_ids: list[Any] = []
        self._quarantined_before: dict[Any, Any] = {}
        self._rejected_before: dict[str, int] = {}
        self._final: _Recorded | None = None

    def __enter__(self) -> Recorder:
        hooks.flush_deferred()
        self._quarantined_before = _quarantined_rows()
        self._rejected_before = _rejected_counts()
        signals.events_stored.connect(self._collect_events)
        signals.attempt_recorded.connect(self._collect_attempt)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:  # After an error in the database no query would work.
                self._final = self._read()
        finally:
            signals.events_stored.disconnect(self._collect_events)
            signals.attempt_recorded.disconnect(self._collect_attempt)

    @property
    def page_views(self) -> list[RecordedUnit]:
        """The units whose pages were opened, in order."""
        return self._units(event_kinds.PAGE_OPENED)

    @property
    def completions(self) -> list[RecordedUnit]:
        """The units that your platform reported as completed, in order."""
        return self._units(event_kinds.UNIT_COMPLETED)

    @property
    def events(self) -> list[Event]:
        """Every stored event, in order; page views and completions are among them."""
        return self._read().events

    @property
    def attempts(self) -> list[Attempt]:
        """The stored attempts, as they are now; one that was corrected is here once."""
        return self._read().attempts

    @property
    def quarantined(self) -> list[QuarantinedRecord]:
        """The events and attempts that were quarantined, each with its ``cause``."""
        return self._read().quarantined

    @property
    def rejections(self) -> dict[str, int]:
        """How many events were rejected, by reason. ``"fault"`` counts failures, such as an error in the adapter."""
        return self._read().rejections

    def _units(self, kind: str) -> list[RecordedUnit]:
        return [
            RecordedUnit(learner_id=event.learner_id, course_key=event.course_key, unit_key=event.unit_key)
            for event in self.events
            if event.kind == kind
        ]

    def _read(self) -> _Recorded:
        if self._final is not None:
            return self._final
        hooks.flush_deferred()
        quarantined, rejected = _quarantined_rows(), _rejected_counts()
        changed = [pk for pk, row in quarantined.items() if self._quarantined_before.get(pk) != row]
        more = {reason: count - self._rejected_before.get(reason, 0) for reason, count in rejected.items()}
        return _Recorded(
            events=_stored(Event, self._event_ids),
            attempts=_stored(Attempt, self._attempt_ids),
            quarantined=_stored(QuarantinedRecord, changed),
            rejections={reason: count for reason, count in more.items() if count},
        )

    def _collect_events(self, events: Sequence[Any], **_: Any) -> None:
        self._event_ids += [event.id for event in events]

    def _collect_attempt(self, attempt: Attempt, **_: Any) -> None:
        if attempt.pk not in self._attempt_ids:
            self._attempt_ids.append(attempt.pk)


def _quarantined_rows() -> dict[Any, Any]:
    return {row["pk"]: row for row in QuarantinedRecord.objects.order_by("pk").values("pk", *REPLACED)}


def _rejected_counts() -> dict[str, int]:
    counts: dict[str, int] = {}
    for reason, count in RejectionCount.objects.values_list("reason", "rejected_count"):
        counts[reason] = counts.get(reason, 0) + count
    return counts


def _stored(model: type[M], ids: Sequence[Any]) -> list[M]:
    """Return the rows with these ids that are still there, in the order of ``ids``."""
    rows = model._default_manager.in_bulk(ids)
    return [rows[pk] for pk in ids if pk in rows]
