"""Fold the raw events of one learner in one course into page views: what happened in each opening of a unit.

Counters are cumulative within a page view, so they are merged by maximum: a lost, repeated, reordered or late message
changes nothing. Values are tuples, because there are millions: a frozen dataclass takes five times as long to create.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from tracking import events
from tracking.events import EventSource
from tracking.rollups.learner import spans, witness
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
    received_at: datetime
    source: str
    payload: dict[str, Any]


class PageViewFacts(NamedTuple):
    """One page view.

    Its ``spans`` are the active time that was measured, disjoint, in epoch milliseconds; other times are in
    milliseconds. ``late_spans`` is active time that was reported later (see ``witness``).
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
    late_spans: tuple[Span, ...] = ()
    is_witnessed: bool = True

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
    served = _served([ordered[position] for position in unmeasured])
    views = [_merge(view_id, view_events, served) for view_id, view_events in by_view.items()]
    if unmeasured:
        views += _unmeasured(ordered, unmeasured, views)
    views.sort(key=_by_opening)
    return views


def epoch_ms(at: datetime) -> int:
    """Return the epoch millisecond in which ``at`` lies."""
    return (at - EPOCH) // MILLISECOND


def _served(openings: Iterable[RawEvent]) -> dict[str, list[datetime]]:
    """Return when the platform itself sent the page of each unit."""
    served: dict[str, list[datetime]] = {}
    for event in openings:
        if event.source == EventSource.SERVER and witness.is_on_time(event):
            served.setdefault(event.unit_key, []).append(event.happened_at)
    return served


def _merge(
    view_id: UUID, view_events: Sequence[RawEvent], served: Mapping[str, list[datetime]]
) -> PageViewFacts:
    first = view_events[0]
    progress = [event for event in view_events if event.kind == events.PAGE_PROGRESS]
    facts = PageViewFacts(
        view_id,
        first.unit_key,
        first.visit_id,
        min([first.happened_at, *map(_began, progress)]),
        view_events[-1].happened_at,
        _active(progress),
        max([event.payload["visible"] for event in progress], default=0),
        max([event.payload["media"] for event in progress], default=0),
        0,
        max([event.payload["scroll"] for event in progress], default=0),
    )
    if all(event.source == EventSource.BROWSER for event in view_events):
        facts = _witnessed(facts, view_events, progress, served.get(first.unit_key, ()))
    # Each message alone was clamped; their maxima together must be possible too.
    return facts._replace(visible_ms=max(facts.visible_ms, facts.active_ms))


def _active(progress: Iterable[RawEvent]) -> tuple[Span, ...]:
    """Return the active time of the message that reports most."""
    # Sequence and id break ties, so that the order in which messages arrive does not matter.
    best = max(progress, key=lambda event: (event.payload["active"], event.sequence, event.id), default=None)
    if best is None or not best.payload["spans"]:
        return ()
    began_ms = epoch_ms(_began(best))
    return tuple(spans.union([(began_ms + start, began_ms + end) for start, end in best.payload["spans"]]))


def _witnessed(
    claim: PageViewFacts,
    view_events: Sequence[RawEvent],
    progress: Sequence[RawEvent],
    served: Iterable[datetime],
) -> PageViewFacts:
    """Return ``claim`` with the time that the server witnessed, and that which was reported later."""
    twins = [at for at in served if at - SAME_OPENING_BEFORE <= claim.opened_at <= at + SAME_OPENING_AFTER]
    opening = witness.find_opening(claim.opened_at, view_events, twins)
    if opening is None:
        # The server did not see this page being opened: the claim stays on its own row, and is in no sum.
        return claim._replace(
            spans=(), late_spans=claim.spans, visible_ms=0, media_ms=0, scroll_percent=0, is_witnessed=False
        )
    split = witness.split_time(
        _active(filter(witness.is_on_time, progress)),
        claim.spans,
        opening_ms=epoch_ms(opening),
        arrivals_ms=[epoch_ms(event.received_at) for event in view_events if witness.is_on_time(event)],
        last_ms=epoch_ms(max([event.received_at for event in view_events])),
    )
    return claim._replace(
        spans=split.measured,
        late_spans=split.reported_later,
        visible_ms=min(claim.visible_ms, split.max_ms),
        media_ms=min(claim.media_ms, split.max_ms),
    )


def _unmeasured(
    ordered: Sequence[RawEvent], positions: Iterable[int], measured: Sequence[PageViewFacts]
) -> list[PageViewFacts]:
    by_unit: dict[str, list[datetime]] = {}
    for view in measured:
        by_unit.setdefault(view.unit_key, []).append(view.opened_at)
    open_pages = spans.union((epoch_ms(view.opened_at), epoch_ms(view.last_at)) for view in measured)
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
                # A learner can date an opening as they like: only what others report is worth an estimate.
                estimated_ms=0
                if event.source == EventSource.BROWSER
                else _estimate(ordered, position, open_pages),
                is_measured=False,
            )
        )
    return found


def _has_measured_twin(at: datetime, opened: Iterable[datetime]) -> bool:
    return any(at - SAME_OPENING_BEFORE <= moment <= at + SAME_OPENING_AFTER for moment in opened)


def _estimate(ordered: Sequence[RawEvent], position: int, open_pages: Sequence[Span]) -> int:
    """Return the time to the learner's next event, without that during which a measured page was open.

    The part of a chapter that a script loads has no time of its own: the chapter has it.
    """
    # An event beyond the gap must not matter: the rollup reads only one day around a day.
    if position + 1 == len(ordered):
        return 0
    start, end = epoch_ms(ordered[position].happened_at), epoch_ms(ordered[position + 1].happened_at)
    return spans.disjoint_ms(spans.subtract([(start, end)], open_pages)) if end - start <= VISIT_GAP_MS else 0


def _began(event: RawEvent) -> datetime:
    return event.happened_at - timedelta(milliseconds=event.payload.get("elapsed", 0))
