"""From the raw events of one learner in one course to views: what happened in each opening of a unit.

Counters are cumulative within a view, so they are merged by maximum: a lost, repeated, reordered or late message
changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tracking import events
from tracking.rollups import spans
from tracking.rollups.spans import Span

SAME_OPENING_BEFORE = timedelta(seconds=10)
SAME_OPENING_AFTER = timedelta(seconds=120)
"""A server's record is of the same opening as a browser's view that begins from 10 s before to 120 s after it."""

LONGEST_GAP_MS = 30 * 60 * 1000
"""Where no browser reported, the time until the learner's next event is the estimate, unless a visit ends before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawEvent:
    """The part of a stored event that the fold needs."""

    id: UUID
    unit_key: str
    kind: str
    source: str
    happened_at: datetime
    view_id: UUID | None
    visit_id: UUID | None
    sequence: int
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewFacts:
    """One view: ``spans`` are its active time in epoch milliseconds, other times are in milliseconds."""

    id: UUID
    unit_key: str
    visit_id: UUID | None
    opened_at: datetime
    last_at: datetime
    spans: tuple[Span, ...] = ()
    visible_ms: int = 0
    media_ms: int = 0
    estimated_ms: int = 0
    scroll_percent: int = 0
    is_measured: bool = True

    @property
    def active_ms(self) -> int:
        """Active time in milliseconds."""
        return spans.total(self.spans)


def fold(raw_events: Sequence[RawEvent]) -> list[ViewFacts]:
    """Return the views that ``raw_events`` tell of, in the order they were opened, whatever the order of events."""
    ordered = sorted(raw_events, key=lambda event: (event.happened_at, event.id))
    measured = _measured(ordered)
    unmeasured = _unmeasured(ordered, measured)
    return sorted([*measured, *unmeasured], key=lambda view: (view.opened_at, view.id))


def _measured(ordered: Iterable[RawEvent]) -> list[ViewFacts]:
    by_view: dict[UUID, list[RawEvent]] = defaultdict(list)
    for event in ordered:
        if event.view_id is not None and event.kind in events.VIEW_KINDS:
            by_view[event.view_id].append(event)
    return [_merge(view_id, view_events) for view_id, view_events in by_view.items()]


def _merge(view_id: UUID, view_events: Sequence[RawEvent]) -> ViewFacts:
    first = view_events[0]
    opened_at = min(_began(event) for event in view_events)
    facts = ViewFacts(
        id=view_id,
        unit_key=first.unit_key,
        visit_id=first.visit_id,
        opened_at=opened_at,
        last_at=max(event.happened_at for event in view_events),
    )
    progress = [event for event in view_events if event.kind == events.VIEW_PROGRESS]
    if not progress:
        return facts
    best = max(progress, key=lambda event: (event.payload["active"], event.sequence, event.id))
    began_ms = _ms(_began(best))
    active = tuple((began_ms + start, began_ms + end) for start, end in best.payload["spans"])
    return replace(
        facts,
        spans=active,
        # Several messages each claim what is possible; their maxima together must be so too.
        visible_ms=max(spans.total(active), *(event.payload["visible"] for event in progress)),
        media_ms=max(event.payload["media"] for event in progress),
        scroll_percent=max(event.payload["scroll"] for event in progress),
    )


def _unmeasured(ordered: Sequence[RawEvent], measured: Sequence[ViewFacts]) -> list[ViewFacts]:
    by_unit: dict[str, list[datetime]] = defaultdict(list)
    for view in measured:
        by_unit[view.unit_key].append(view.opened_at)
    moments = [event.happened_at for event in ordered]
    return [
        ViewFacts(
            id=event.id,
            unit_key=event.unit_key,
            visit_id=event.visit_id,
            opened_at=event.happened_at,
            last_at=event.happened_at,
            estimated_ms=_estimate(moments[index + 1 :], event.happened_at),
            is_measured=False,
        )
        for index, event in enumerate(ordered)
        if event.kind == events.VIEW_OPENED
        and event.view_id is None
        and not _has_measured_twin(event.happened_at, by_unit[event.unit_key])
    ]


def _has_measured_twin(at: datetime, opened: Iterable[datetime]) -> bool:
    return any(at - SAME_OPENING_BEFORE <= moment <= at + SAME_OPENING_AFTER for moment in opened)


def _estimate(later: Sequence[datetime], at: datetime) -> int:
    # An event beyond the gap must not matter at all: the roll-up looks only so far around a day.
    gap = _ms(later[0]) - _ms(at) if later else 0
    return gap if gap <= LONGEST_GAP_MS else 0


def _began(event: RawEvent) -> datetime:
    return event.happened_at - timedelta(milliseconds=event.payload.get("elapsed", 0))


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
