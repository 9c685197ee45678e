"""Store raw events, the only place that does: batch, pending changes and signal in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import transaction
from msgspec import Struct, field

from tracking import events, signals
from tracking.capture import changes
from tracking.events import EventSource, LearnerId
from tracking.models import Event
from tracking.storage import bulk_insert

REACH = timedelta(minutes=30)
"""How far an event affects others: it ends the estimate of an earlier page view, and matches a server's record."""

_number = attrgetter("id.int")  # UUIDs hash and compare in Python code, integers in C.


class NewEvent(Struct, frozen=True, kw_only=True):
    """An event that passed every check and is ready to be stored.

    ``payload`` is the struct of its kind, or a mapping with the same fields.
    """

    id: UUID
    learner_id: LearnerId
    course_key: str
    unit_key: str
    kind: str
    source: EventSource
    happened_at: datetime
    received_at: datetime
    view_id: UUID | None = None
    visit_id: UUID | None = None
    sequence: int = 0
    payload: Any = field(default_factory=dict)

    @property
    def is_detail(self) -> bool:
        """Whether the lesson page reads it."""
        return events.is_detail(self.kind)


def write_events(new_events: Sequence[NewEvent]) -> int:
    """Store ``new_events`` and mark what they change; return how many were new.

    An event whose id is already stored changes nothing, even if it names another learner.
    """
    return len(store_events(new_events))


def store_events(new_events: Sequence[NewEvent]) -> list[NewEvent]:
    """Store ``new_events`` as ``write_events`` does; return those that were new."""
    # Reversed, so that the first of two events with the same id in one batch counts.
    by_number = {_number(event): event for event in reversed(new_events)}
    # Write in key order: two writers of the same events then queue up instead of deadlocking.
    ordered = [by_number[number] for number in sorted(by_number)]
    if not ordered:
        return []
    # An explicit transaction costs two more round trips than the single statement inside it, so open one only for
    # receivers.
    with transaction.atomic() if signals.events_stored.has_listeners(Event) else nullcontext():
        new_ids = bulk_insert.insert_missing(
            Event, ordered, and_if_any=changes.changes_for_days(_days_of(ordered))
        )
        fresh = [event for event in ordered if event.id in new_ids]
        if not fresh:
            return []
        signals.events_stored.send(sender=Event, count=len(fresh), events=fresh)
    signals.changes_pending.send(sender=Event)
    return fresh


def delete_events(stored: Iterable[Event]) -> None:
    """Delete events that turned out to be wrong, and mark what that changes."""
    gone = list(stored)
    if not gone:
        return
    with transaction.atomic():
        changes.mark_days_changed(_days_of(gone))
        Event.objects.filter(pk__in=[event.pk for event in gone]).delete()
    signals.changes_pending.send(sender=Event)


def _days_of(new_events: Iterable[NewEvent | Event]) -> Iterator[changes.ChangedDay]:
    """Yield each UTC day whose rows the events may change.

    The counters of a page view reach back to the day it began.
    """
    spans = {
        (event.learner_id, event.course_key, *_reach(event.happened_at, _elapsed_ms(event)))
        for event in new_events
    }
    for learner_id, course_key, first_day, last_day in sorted(spans, key=str):
        for offset in range((last_day - first_day).days + 1):
            yield changes.ChangedDay(
                learner_id=learner_id, course_key=course_key, day=first_day + timedelta(days=offset)
            )


def _elapsed_ms(event: NewEvent | Event) -> int:
    is_struct = isinstance(event.payload, Struct)
    elapsed: int = getattr(event.payload, "elapsed", 0) if is_struct else event.payload.get("elapsed", 0)
    return elapsed


def _reach(happened_at: datetime, elapsed_ms: int) -> tuple[date, date]:
    first = happened_at - timedelta(milliseconds=elapsed_ms) - REACH
    return first.astimezone(UTC).date(), (happened_at + REACH).astimezone(UTC).date()
