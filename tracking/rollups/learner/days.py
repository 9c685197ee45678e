"""Split page views into days: a page view over midnight is split where the day ends in the course's time zone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone

from tracking import events
from tracking.rollups.learner import spans
from tracking.rollups.learner.page_views import MILLISECOND, PageViewFacts, RawEvent, epoch_ms
from tracking.rollups.learner.spans import Span

MAX_PAGE_VIEW = timedelta(days=1)
ONE_DAY = timedelta(days=1)


class DayFacts(NamedTuple):
    """What happened on one day in one unit; times are in milliseconds."""

    active_ms: int
    visible_ms: int
    media_ms: int
    estimated_ms: int
    reported_later_ms: int
    view_count: int
    access_count: int
    scroll_percent: int
    is_completed: bool
    first_at: datetime
    last_at: datetime


class CourseDayFacts(NamedTuple):
    """What happened on one day in one course."""

    day: date
    opened: list[PageViewFacts]
    """The page views that were opened on this day, in that order."""
    active: list[Span]
    """When the learner was active in any unit: disjoint, ascending spans."""
    reported_later: list[Span]
    """When the learner was active in any unit according to later reports alone: disjoint, ascending spans."""
    units: dict[str, DayFacts]


class _ViewPart(NamedTuple):
    """The part of a page view that lies on one day."""

    view: PageViewFacts
    is_opened: bool
    spans: Sequence[Span]
    late_spans: Sequence[Span] = ()


@dataclass(slots=True)
class _DayInput:
    """The page views and other events of one day, before they are counted."""

    parts: list[_ViewPart] = field(default_factory=list)
    others: list[RawEvent] = field(default_factory=list)


class DayClock:
    """The days of one time zone. Fast if consecutive times lie on the same day."""

    def __init__(self, zone: tzinfo) -> None:
        self.zone = zone
        self._day = date.min
        self._start = self._end = datetime.min.replace(tzinfo=UTC)

    def day_of(self, at: datetime) -> date:
        """Return the day in which ``at`` lies."""
        if not self._start <= at < self._end:
            self._day = at.astimezone(self.zone).date()
            self._start, self._end = day_bounds(self._day, self.zone)
        return self._day


@lru_cache(maxsize=10_000)
def day_bounds(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return the half-open interval of ``day`` in ``zone``, in UTC. It may have 23 or 25 hours."""
    start = datetime.combine(day, time(), tzinfo=zone)
    end = datetime.combine(day + ONE_DAY, time(), tzinfo=zone)
    return start.astimezone(UTC), end.astimezone(UTC)


@lru_cache(maxsize=10_000)
def day_window_ms(day: date, zone: tzinfo) -> Span:
    """Return the interval of ``day`` in ``zone``, in epoch milliseconds."""
    start, end = day_bounds(day, zone)
    return epoch_ms(start), epoch_ms(end)


def course_time_zone(name: str) -> ZoneInfo:
    """Return the time zone of a course's days: the site's if ``name`` is empty, UTC if the name is unknown."""
    try:
        return ZoneInfo(name or timezone.get_default_timezone_name())
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def on_course_clock(moment: datetime | None, time_zone: str) -> datetime | None:
    """Return ``moment`` in the time zone of a course, where a date of the host is the day that it names."""
    return moment.astimezone(course_time_zone(time_zone)) if moment is not None else None


def local_days_of_utc_day(utc_day: date, zone: tzinfo) -> list[date]:
    """Return the days in ``zone`` that overlap the UTC day ``utc_day``."""
    start, end = day_bounds(utc_day, UTC)
    first = start.astimezone(zone).date()
    last = (end - timedelta(microseconds=1)).astimezone(zone).date()
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def fold_days(
    views: Iterable[PageViewFacts],
    others: Iterable[RawEvent],
    *,
    zone: tzinfo,
    is_wanted: Callable[[date], bool] = lambda _: True,
) -> Iterator[CourseDayFacts]:
    """Yield what happened on each wanted day with any activity; ``views`` are in the order they were opened."""
    clock = DayClock(zone)
    inputs: dict[date, _DayInput] = {}
    for view in views:
        for day, part in _parts_by_day(view, clock):
            inputs.setdefault(day, _DayInput()).parts.append(part)
    for event in others:
        inputs.setdefault(clock.day_of(event.happened_at), _DayInput()).others.append(event)
    for day, day_input in inputs.items():
        if is_wanted(day):
            yield _count(day, day_input, zone)


def _parts_by_day(view: PageViewFacts, clock: DayClock) -> Iterator[tuple[date, _ViewPart]]:
    opened_on = clock.day_of(view.opened_at)
    # A claim without a witness is in no sum.
    late_spans = view.late_spans if view.is_witnessed else ()
    if not view.spans and not late_spans:
        yield opened_on, _ViewPart(view, True, ())
        return
    bounds = day_window_ms(opened_on, clock.zone)
    first, last = spans.hull((*view.spans, *late_spans))
    if bounds[0] <= first and last <= bounds[1]:
        yield opened_on, _ViewPart(view, True, view.spans, late_spans)
        return
    yield (
        opened_on,
        _ViewPart(view, True, spans.clip(view.spans, bounds), spans.clip(late_spans, bounds)),
    )
    # Active time lies within the page view, which begins on this day.
    day = opened_on + ONE_DAY
    while (bounds := day_window_ms(day, clock.zone))[0] < last:
        clipped, late_clipped = spans.clip(view.spans, bounds), spans.clip(late_spans, bounds)
        if clipped or late_clipped:
            yield day, _ViewPart(view, False, clipped, late_clipped)
        day += ONE_DAY


def _count(day: date, day_input: _DayInput, zone: tzinfo) -> CourseDayFacts:
    by_unit: dict[str, _DayInput] = {}
    for part in day_input.parts:
        by_unit.setdefault(part.view.unit_key, _DayInput()).parts.append(part)
    for event in day_input.others:
        by_unit.setdefault(event.unit_key, _DayInput()).others.append(event)
    active = spans.union([span for part in day_input.parts for span in part.spans])
    return CourseDayFacts(
        day,
        [part.view for part in day_input.parts if part.is_opened],
        active,
        _reported_later(day_input.parts, active),
        {
            unit_key: _count_unit(unit_input, day_bounds(day, zone))
            for unit_key, unit_input in by_unit.items()
        },
    )


def _count_unit(day_input: _DayInput, day: tuple[datetime, datetime]) -> DayFacts:
    parts, others = day_input.parts, day_input.others
    moments = [event.happened_at for event in others]
    visible_ms = media_ms = estimated_ms = view_count = scroll_percent = unwitnessed_count = 0
    for view, is_opened, *_ in parts:
        # The interval is half-open: a page view that lasts over midnight ends a millisecond before it.
        moments += (max(view.opened_at, day[0]), min(view.last_at, day[1] - MILLISECOND))
        scroll_percent = max(scroll_percent, view.scroll_percent)
        if is_opened:
            # Totals have no spans and cannot be split, so they are booked on the day the page view was opened.
            visible_ms += view.visible_ms
            media_ms += view.media_ms
            estimated_ms += view.estimated_ms
            # An opening without time is what an access is: the unit was opened, and nothing says for how long.
            view_count += view.is_witnessed
            unwitnessed_count += not view.is_witnessed
    # The spans of one page view are disjoint already.
    active = (
        parts[0].spans if len(parts) == 1 else spans.union([span for part in parts for span in part.spans])
    )
    accesses = [event.payload.get("count", 1) for event in others if event.kind == events.UNIT_ACCESSED]
    return DayFacts(
        spans.disjoint_ms(active),
        visible_ms,
        media_ms,
        estimated_ms,
        spans.disjoint_ms(_reported_later(parts, active)),
        view_count,
        sum(accesses) + unwitnessed_count,
        scroll_percent,
        any(event.kind == events.UNIT_COMPLETED for event in others),
        min(moments),
        max(moments),
    )


def _reported_later(parts: Iterable[_ViewPart], active: Iterable[Span]) -> list[Span]:
    """Return the time of ``parts`` that was reported later, without that which was measured elsewhere."""
    late = [span for part in parts for span in part.late_spans]
    return spans.subtract(spans.union(late), active) if late else []
