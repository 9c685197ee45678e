"""When learners are at work, and which way they go: of one day, and added up over days.

Within a day of the course's clock only, so that a day depends on its own views: a visit over midnight ends there and
begins anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache

from tracking.rollups.learner.page_views import VISIT_GAP_MS, PageViewFacts, epoch_ms
from tracking.rollups.learner.spans import Span

OUTSIDE = ""
"""The unit before the first one of a visit, and after the last."""

HOUR_MS = 3600 * 1000
QUARTER_MS = HOUR_MS // 4
VISIT_GAP = timedelta(milliseconds=VISIT_GAP_MS)

Hours = dict[str, list[int]]
"""Active milliseconds and views by hour; the keys are numbers written as text, as JSON has them."""

TransitionCounts = dict[str, dict[str, int]]
"""How often a learner went from one unit to another."""


def hours_of_day(active: Iterable[Span], opened: Iterable[datetime], zone: tzinfo) -> Hours:
    """Return what ``active``, disjoint spans within one day, and views opened on it come to by hour of the clock."""
    hours: dict[int, list[int]] = {}
    for start, end in active:
        for hour, length in _by_hour(start, end, zone):
            hours.setdefault(hour, [0, 0])[0] += length
    for at in opened:
        hour, _ = _clock(epoch_ms(at) // QUARTER_MS, zone)
        hours.setdefault(hour, [0, 0])[1] += 1
    return {str(hour): hours[hour] for hour in sorted(hours)}


def transitions_of_day(opened: Iterable[PageViewFacts]) -> TransitionCounts:
    """Return the transitions between the units of ``opened``, the views of one day in the order they were opened."""
    transitions: TransitionCounts = {}
    here, last_at = OUTSIDE, None
    for view in opened:
        if last_at is not None and view.opened_at - last_at > VISIT_GAP:
            _count(transitions, here, OUTSIDE)
            here, last_at = OUTSIDE, None
        if view.unit_key != here:
            _count(transitions, here, view.unit_key)
        here, last_at = view.unit_key, max(last_at or view.last_at, view.last_at)
    if last_at is not None:
        _count(transitions, here, OUTSIDE)
    return transitions


def add_hours(week: Hours, day: date, hours: Hours, *, sign: int = 1) -> None:
    """Add the hours of ``day`` to those of a week that begins on Monday, or take them off with a ``sign`` of -1.

    Of ``week`` only the outermost level is changed, so that a shallow copy of it is a copy.
    """
    before = day.weekday() * 24
    for hour, (active_ms, view_count) in hours.items():
        key = str(before + int(hour))
        total_ms, total_count = week.get(key, (0, 0))
        total = [total_ms + sign * active_ms, total_count + sign * view_count]
        if any(total):
            week[key] = total
        else:
            week.pop(key, None)


def add_transitions(total: TransitionCounts, transitions: TransitionCounts, *, sign: int = 1) -> None:
    """Add ``steps`` to ``total``, or take them off with a ``sign`` of -1.

    Of ``total`` only the outermost level is changed, so that a shallow copy of it is a copy.
    """
    for here, theres in transitions.items():
        sums = dict(total.get(here, {}))
        for there, count in theres.items():
            sums[there] = sums.get(there, 0) + sign * count
            if not sums[there]:
                del sums[there]
        if sums:
            total[here] = sums
        else:
            total.pop(here, None)


def _count(transitions: TransitionCounts, here: str, there: str) -> None:
    theres = transitions.setdefault(here, {})
    theres[there] = theres.get(there, 0) + 1


def _by_hour(start: int, end: int, zone: tzinfo) -> Iterator[tuple[int, int]]:
    """Yield the hours of the clock that a span lies in, and its milliseconds in each."""
    while start < end:
        quarter = start // QUARTER_MS
        hour, into_hour = _clock(quarter, zone)
        stop = min(end, quarter * QUARTER_MS - into_hour + HOUR_MS)
        yield hour, stop - start
        start = stop


@lru_cache(maxsize=20_000)
def _clock(quarter: int, zone: tzinfo) -> tuple[int, int]:
    """Return the hour at which a quarter of an hour since the epoch begins, and the milliseconds of it gone by then.

    The clocks of this century are whole quarters apart, and are changed at the full quarter.
    """
    at = datetime.fromtimestamp(quarter * QUARTER_MS // 1000, tz=zone)
    return at.hour, (at.minute * 60 + at.second) * 1000
