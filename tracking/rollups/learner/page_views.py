"""Fold the raw events of one learner in one course into page views: what happened in each opening of a unit.

Counters are cumulative within a page view, so they are merged by maximum: a lost, repeated, reordered or late message
changes nothing. Values are tuples, because there are millions: a frozen dataclass takes five times as long to create.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from tracking import events
from tracking.rollups.learner import spans
from tracking.rollups.learner.spans import Span

SAME_OPENING_BEFORE = timedelta(seconds=10)
SAME_OPENING_AFTER = timedelta(seconds=120)
"""A server's record is of the same opening as a browser's page view that begins 10 s before to 120 s after it."""

VISIT_GAP_MS = 30 * 60 * 1000
"""Without a browser's report, the estimate is the time to the learner's next event, unless the visit ends first."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


class RawEvent(NamedTuple):
    """The fields of a stored event that folding needs."""

    happened_at: datetime
    id: UUID
    unit_key: str
    kind: str
    view_id: UUID | None
    visit_id: UUID | None
    sequence: int
    payload: dict[str, Any]


class PageViewFacts(NamedTuple):
    """One page view.

    Its ``spans`` are the active time, disjoint, in epoch milliseconds; other times are in milliseconds.
    """

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
        return spans.disjoint_ms(self.spans)


_in_order = itemgetter(0, 1)
_by_opening = itemgetter(3, 0)


def fold_page_views(raw_events: Iterable[RawEvent]) -> list[PageViewFacts]:
    """Return the page views in ``raw_events``, in the order they were opened, whatever the order of events."""
    ordered = sorted(raw_events, key=_in_order)
    by_view: dict[UUID, list[RawEvent]] = {}
    unmeasured: list[int] = []
    for position, event in enumerate(ordered):
        if event.view_id is None:
            if event.kind == events.PAGE_OPENED:
                unmeasured.append(position)
        elif event.kind in events.PAGE_KINDS:
            by_view.setdefault(event.view_id, []).append(event)
    views = [_merge(view_id, view_events) for view_id, view_events in by_view.items()]
    if unmeasured:
        views += _unmeasured(ordered, unmeasured, views)
    views.sort(key=_by_opening)
    return views


def epoch_ms(at: datetime) -> int:
    """Return the epoch millisecond in which ``at`` lies."""
    return (at - EPOCH) // MILLISECOND


def _merge(view_id: UUID, view_events: Sequence[RawEvent]) -> PageViewFacts:
    first = view_events[0]
    opened_at = first.happened_at
    best: RawEvent | None = None
    rank: tuple[Any, ...] = ()
    visible_ms = media_ms = scroll_percent = 0
    for event in view_events:
        if event.kind != events.PAGE_PROGRESS:
            continue
        counters = event.payload
        opened_at = min(opened_at, _began(event))
        visible_ms = max(visible_ms, counters["visible"])
        media_ms = max(media_ms, counters["media"])
        scroll_percent = max(scroll_percent, counters["scroll"])
        # Sequence and id break ties, so that the order in which messages arrive does not matter.
        candidate = (counters["active"], event.sequence, event.id)
        if best is None or candidate > rank:
            best, rank = event, candidate
    active: tuple[Span, ...] = ()
    if best is not None and best.payload["spans"]:
        began_ms = epoch_ms(_began(best))
        active = tuple(
            spans.union([(began_ms + start, began_ms + end) for start, end in best.payload["spans"]])
        )
        # Each message alone was clamped; their maxima together must be possible too.
        visible_ms = max(visible_ms, spans.disjoint_ms(active))
    return PageViewFacts(
        view_id,
        first.unit_key,
        first.visit_id,
        opened_at,
        view_events[-1].happened_at,
        active,
        visible_ms,
        media_ms,
        0,
        scroll_percent,
    )


def _unmeasured(
    ordered: Sequence[RawEvent], positions: Iterable[int], measured: Iterable[PageViewFacts]
) -> list[PageViewFacts]:
    by_unit: dict[str, list[datetime]] = {}
    for view in measured:
        by_unit.setdefault(view.unit_key, []).append(view.opened_at)
    found = []
    for position in positions:
        event = ordered[position]
        if _has_measured_twin(event.happened_at, by_unit.get(event.unit_key, ())):
            continue
        found.append(
            PageViewFacts(
                id=event.id,
                unit_key=event.unit_key,
                visit_id=event.visit_id,
                opened_at=event.happened_at,
                last_at=event.happened_at,
                estimated_ms=_estimate(ordered, position),
                is_measured=False,
            )
        )
    return found


def _has_measured_twin(at: datetime, opened: Iterable[datetime]) -> bool:
    return any(at - SAME_OPENING_BEFORE <= moment <= at + SAME_OPENING_AFTER for moment in opened)


def _estimate(ordered: Sequence[RawEvent], position: int) -> int:
    # An event beyond the gap must not matter: the rollup reads only one day around a day.
    if position + 1 == len(ordered):
        return 0
    gap = epoch_ms(ordered[position + 1].happened_at) - epoch_ms(ordered[position].happened_at)
    return gap if gap <= VISIT_GAP_MS else 0


def _began(event: RawEvent) -> datetime:
    return event.happened_at - timedelta(milliseconds=event.payload.get("elapsed", 0))
