"""The one place where raw events are stored: a batch, its marks and its announcement in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from tracking import signals
from tracking.capture import marks
from tracking.events import LearnerId, Source
from tracking.models import Event, bulk_rows

REACH = timedelta(minutes=30)
"""How far an event bears on others: it ends the estimate of an opening before it, and matches one a little later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """An event that passed every check and is ready to be stored."""

    id: UUID
    learner_id: LearnerId
    course_key: str
    unit_key: str
    kind: str
    source: Source
    happened_at: datetime
    received_at: datetime
    view_id: UUID | None = None
    visit_id: UUID | None = None
    sequence: int = 0
    payload: Mapping[str, Any] = field(default_factory=dict)


def write(new_events: Sequence[NewEvent]) -> int:
    """Store ``new_events`` and mark what they change; return how many were new.

    An event whose id is already stored changes nothing, whoever it belongs to.
    """
    return len(store(new_events))


def store(new_events: Sequence[NewEvent]) -> list[NewEvent]:
    """Do what ``write`` does, and return those that were new."""
    with transaction.atomic():
        by_id = {event.id: event for event in reversed(new_events)}
        # In the order of their keys, so that two who store the same events queue up instead of deadlocking.
        ordered = [by_id[event_id] for event_id in sorted(by_id)]
        new_ids = bulk_rows.insert_new(Event, ordered)
        fresh = [event for event in ordered if event.id in new_ids]
        if not fresh:
            return []
        marks.days_changed(_days_of(fresh))
        signals.events_written.send(sender=Event, count=len(fresh), events=fresh)
    return fresh


def _days_of(new_events: Iterable[NewEvent]) -> Iterator[marks.LearnerDay]:
    """Yield each UTC day whose rows the events may change: a view's counters reach back to the day it began."""
    stretches = {
        (event.learner_id, event.course_key, *_reach(event.happened_at, event.payload.get("elapsed", 0)))
        for event in new_events
    }
    for learner_id, course_key, day, last_day in sorted(stretches, key=str):
        for offset in range((last_day - day).days + 1):
            yield marks.LearnerDay(
                learner_id=learner_id, course_key=course_key, day=day + timedelta(days=offset)
            )


def _reach(happened_at: datetime, elapsed_ms: int) -> tuple[date, date]:
    first = happened_at - timedelta(milliseconds=elapsed_ms) - REACH
    return first.astimezone(UTC).date(), (happened_at + REACH).astimezone(UTC).date()
