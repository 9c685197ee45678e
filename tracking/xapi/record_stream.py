"""All that is recorded, from the first row or from any later one, in an order that never changes.

Events come first, in the order of their keys, then attempts. A place in that order is written ``event:KEY`` or
``attempt:KEY``, so that an interrupted export resumes after the last row exported.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tracking.events import LearnerId
from tracking.exceptions import TrackingError
from tracking.models import Attempt, Event

CHUNK = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordQuery:
    """Which rows are wanted: of one course, one learner, one period ``[since, until)`` (default: everything)."""

    course_key: str = ""
    learner_id: LearnerId = None
    since: datetime | None = None
    until: datetime | None = None


def iter_records(wanted: RecordQuery, *, after: str = "") -> Iterator[tuple[str, Event | Attempt]]:
    """Yield each row with its place. Raises ``TrackingError`` at once where ``after`` is no place."""
    kind, key = _place(after)
    return _rows(wanted, kind, key)


def _rows(wanted: RecordQuery, kind: str, key: Any) -> Iterator[tuple[str, Event | Attempt]]:
    if kind != "attempt":
        rows = Event.objects.filter(**_filters(wanted, "happened_at"))
        for event in _in_chunks(rows, key):
            yield f"event:{event.pk}", event
        key = None
    attempts = Attempt.objects.filter(**_filters(wanted, "started_at")).prefetch_related("answers")
    for attempt in _in_chunks(attempts, key):
        yield f"attempt:{attempt.pk}", attempt


def _place(text: str) -> tuple[str, Any]:
    kind, _, key = text.partition(":")
    try:
        if not text:
            return "event", None
        if kind == "event":
            return kind, UUID(key)
        if kind == "attempt":
            return kind, int(key)
    except ValueError:
        pass
    raise TrackingError(
        f"{text!r} is not a position to resume from. Give the last position that an export printed."
    )


def _filters(wanted: RecordQuery, moment: str) -> dict[str, Any]:
    given = {
        "course_key": wanted.course_key or None,
        "learner_id": wanted.learner_id,
        f"{moment}__gte": wanted.since,
        f"{moment}__lt": wanted.until,
    }
    return {name: value for name, value in given.items() if value is not None}


def _in_chunks(rows: Any, after: Any) -> Iterator[Any]:
    """Yield ``rows`` by key, one query per chunk: no cursor stays open while a slow client reads."""
    rows = rows.order_by("pk")
    while chunk := list((rows if after is None else rows.filter(pk__gt=after))[:CHUNK]):
        yield from chunk
        after = chunk[-1].pk
