"""When learners are active, and how they go from unit to unit: for one day, and added up over days.

Transitions stay within a day of the course's time zone, so that a day depends on its own page views alone. A visit over
midnight ends there and starts again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache

from tracking.rollups.learner.page_views import VISIT_GAP_MS, PageViewFacts, epoch_ms
from tracking.rollups.learner.spans import Span

OUTSIDE = ""
"""The unit before the first one of a visit, and after the last one."""

HOUR_MS = 3600 * 1000
QUARTER_MS = HOUR_MS // 4
VISIT_GAP = timedelta(milliseconds=VISIT_GAP_MS)

Hours = dict[str, list[int]]
"""Active milliseconds and page views by hour; the keys are numbers as text, as JSON requires."""

TransitionCounts = dict[str, dict[str, int]]
"""How often a learner went from one unit to another."""


def hours_of_day(active: Iterable[Span], opened: Iterable[datetime], zone: tzinfo) -> Hours:
    """Return active time and page views by hour of the clock; ``active`` are disjoint spans within the day."""
    hours: dict[int, list[int]] = {}
    for start, end in active:
        for hour, length in _by_hour(start, end, zone):
            hours.setdefault(hour, [0, 0])[0] += length
    for at in opened:
        hour, _ = _clock(epoch_ms(at) // QUARTER_MS, zone)
        hours.setdefault(hour, [0, 0])[1] += 1
    return {str(hour): hours[hour] for hour in sorted(hours)}


def transitions_of_day(opened: Iterable[PageViewFacts]) -> TransitionCounts:
    """Return the transitions between the units of ``opened``, one day's page views in the order they were opened."""
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
    """Add the hours of ``day`` to those of a week that begins on Monday, or subtract them with a ``sign`` of -1.

    Only the outermost level of ``week`` is changed, so a shallow copy of it is safe to change.
    """
    first_hour = day.weekday() * 24
    for hour, (active_ms, view_count) in hours.items():
        key = str(first_hour + int(hour))
        total_ms, total_count = week.get(key, (0, 0))
        total = [total_ms + sign * active_ms, total_count + sign * view_count]
        # Remove zeros, so that sums updated by differences equal those of a rebuild.
        if any(total):
            week[key] = total
        else:
            week.pop(key, None)


def add_transitions(total: TransitionCounts, transitions: TransitionCounts, *, sign: int = 1) -> None:
    """Add ``transitions`` to ``total``, or subtract them with a ``sign`` of -1.

    Only the outermost level of ``total`` is changed, so a shallow copy of it is safe to change.
    """
    for here, targets in transitions.items():
        sums = dict(total.get(here, {}))
        for there, count in targets.items():
            sums[there] = sums.get(there, 0) + sign * count
            # Remove zeros here too.
            if not sums[there]:
                del sums[there]
        if sums:
            total[here] = sums
        else:
            total.pop(here, None)


def _count(transitions: TransitionCounts, here: str, there: str) -> None:
    targets = transitions.setdefault(here, {})
    targets[there] = targets.get(there, 0) + 1


def _by_hour(start: int, end: int, zone: tzinfo) -> Iterator[tuple[int, int]]:
    """Yield the hours of the clock in which a span lies, and its milliseconds in each."""
    while start < end:
        quarter = start // QUARTER_MS
        hour, into_hour = _clock(quarter, zone)
        stop = min(end, quarter * QUARTER_MS - into_hour + HOUR_MS)
        yield hour, stop - start
        start = stop


@lru_cache(maxsize=20_000)
def _clock(quarter: int, zone: tzinfo) -> tuple[int, int]:
    """Return the hour in which a quarter since the epoch begins, and the milliseconds of that hour before it.

    All clocks of this century differ by whole quarters of an hour and are changed at a full quarter, so quarters can be
    cached.
    """
    at = datetime.fromtimestamp(quarter * QUARTER_MS // 1000, tz=zone)
    return at.hour, (at.minute * 60 + at.second) * 1000
