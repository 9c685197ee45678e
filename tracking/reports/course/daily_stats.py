"""The recent days of a class, read once for all figures that are calculated from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from tracking.definitions import times
from tracking.models import CourseDay, CourseOutline
from tracking.rollups.freshness import Freshness
from tracking.rollups.learner import days

JUDGED = timedelta(days=14)
"""How far back a page looks for unusual days."""

BASELINE = timedelta(weeks=8)
"""How far back a judged day is compared with earlier days."""


class DayRange(NamedTuple):
    """Days from ``first`` to ``last``, both included, in the course's time zone."""

    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentDays:
    """The days that weekly changes and unusual days are calculated from."""

    rows: Mapping[date, CourseDay]
    """A day on which no one was active has no row."""
    this_week: DayRange
    last_week: DayRange
    judged: DayRange | None
    """The last fourteen whole days that the rollups cover; ``None`` before the first rollup."""

    def within(self, period: DayRange) -> tuple[CourseDay, ...]:
        """Return the rows of ``period``, in no particular order."""
        return tuple(row for day, row in self.rows.items() if period.first <= day <= period.last)


def read_recent_days(course: CourseOutline, freshness: Freshness, *, now: datetime) -> RecentDays:
    """Return the recent days of the class of ``course``. One query."""
    zone = days.course_time_zone(course.time_zone)
    this_week, last_week = DayRange(*times.this_week(now, zone)), DayRange(*times.week_before(now, zone))
    judged = _judged_days(course, freshness)
    first = min(last_week.first, judged.first - BASELINE) if judged else last_week.first
    last = max(this_week.last, judged.last) if judged else this_week.last
    rows = CourseDay.objects.filter(course_key=course.course_key, day__range=(first, last))
    return RecentDays(
        rows={row.day: row for row in rows}, this_week=this_week, last_week=last_week, judged=judged
    )


def _judged_days(course: CourseOutline, freshness: Freshness) -> DayRange | None:
    # A day that is not over, or not rolled up to its end, would always look like less than usual.
    until = freshness.ended_at or freshness.as_of
    if until is None:
        return None
    end = until.astimezone(days.course_time_zone(course.time_zone)).date()
    return DayRange(end - JUDGED, end - timedelta(days=1))
