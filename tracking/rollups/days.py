"""From views to days: a view over midnight is split where the day ends in the course's time zone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone

from tracking import events
from tracking.rollups import spans
from tracking.rollups.spans import Span
from tracking.rollups.views import RawEvent, ViewFacts

LONGEST_VIEW = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFacts:
    """What happened on one day, in one unit or in the whole course; times in milliseconds."""

    active_ms: int
    visible_ms: int
    media_ms: int
    estimated_ms: int
    view_count: int
    access_count: int
    scroll_percent: int
    is_completed: bool
    first_at: datetime
    last_at: datetime


@dataclass(slots=True)
class _Pile:
    """The views and other events of one day, before they are counted."""

    window: Span
    views: list[ViewFacts] = field(default_factory=list)
    others: list[RawEvent] = field(default_factory=list)


def bounds(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return the half-open interval of ``day`` in ``zone``, in UTC. It may have 23 or 25 hours."""
    start = datetime.combine(day, time(), tzinfo=zone)
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
    return start.astimezone(UTC), end.astimezone(UTC)


def zone_of(name: str) -> ZoneInfo:
    """Return the time zone of a course's days: the site's where ``name`` is empty, UTC where nobody knows it."""
    try:
        return ZoneInfo(name or timezone.get_default_timezone_name())
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def overlapping(utc_day: date, zone: tzinfo) -> list[date]:
    """Return the days in ``zone`` that overlap the day ``utc_day`` in UTC."""
    start, end = bounds(utc_day, UTC)
    first = start.astimezone(zone).date()
    last = (end - timedelta(microseconds=1)).astimezone(zone).date()
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def fold_units(
    day: date, zone: tzinfo, views: Iterable[ViewFacts], others: Iterable[RawEvent]
) -> dict[str, DayFacts]:
    """Return what happened on ``day`` in each unit. ``views`` and ``others`` may lie outside the day."""
    window = window_of(day, zone)
    piles: dict[str, _Pile] = defaultdict(lambda: _Pile(window))
    for view in views:
        if _touches(view, window):
            piles[view.unit_key].views.append(view)
    for event in others:
        if _is_within(event.happened_at, window):
            piles[event.unit_key].others.append(event)
    return {unit_key: _count(pile) for unit_key, pile in piles.items()}


def fold_course(
    day: date, zone: tzinfo, views: Iterable[ViewFacts], others: Iterable[RawEvent]
) -> DayFacts | None:
    """Return what happened on ``day`` in the course as a whole, or ``None`` where nothing did."""
    window = window_of(day, zone)
    pile = _Pile(
        window,
        views=[view for view in views if _touches(view, window)],
        others=[event for event in others if _is_within(event.happened_at, window)],
    )
    return _count(pile) if pile.views or pile.others else None


def _count(pile: _Pile) -> DayFacts:
    opened = [view for view in pile.views if _is_within(view.opened_at, pile.window)]
    moments = [*_moments(pile.views, pile.window), *(event.happened_at for event in pile.others)]
    return DayFacts(
        active_ms=spans.total(span for view in pile.views for span in spans.clip(view.spans, pile.window)),
        # What a browser reports as totals of a view is booked on the day the view was opened.
        visible_ms=sum(view.visible_ms for view in opened),
        media_ms=sum(view.media_ms for view in opened),
        estimated_ms=sum(view.estimated_ms for view in opened),
        view_count=len(opened),
        access_count=sum(
            event.payload.get("count", 1) for event in pile.others if event.kind == events.UNIT_ACCESSED
        ),
        scroll_percent=max((view.scroll_percent for view in pile.views), default=0),
        is_completed=any(event.kind == events.UNIT_COMPLETED for event in pile.others),
        first_at=min(moments),
        last_at=max(moments),
    )


def _moments(views: Sequence[ViewFacts], window: Span) -> list[datetime]:
    start, end = (datetime.fromtimestamp(edge / 1000, tz=UTC) for edge in window)
    last = end - timedelta(milliseconds=1)
    return [moment for view in views for moment in (max(view.opened_at, start), min(view.last_at, last))]


def _touches(view: ViewFacts, window: Span) -> bool:
    return _is_within(view.opened_at, window) or bool(spans.clip(view.spans, window))


def _is_within(at: datetime, window: Span) -> bool:
    return window[0] <= at.timestamp() * 1000 < window[1]


def window_of(day: date, zone: tzinfo) -> Span:
    """Return the interval of ``day`` in ``zone``, in epoch milliseconds."""
    start, end = bounds(day, zone)
    return round(start.timestamp() * 1000), round(end.timestamp() * 1000)
