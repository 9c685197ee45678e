"""What changed in a class since last week: the last seven days beside the seven before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from tracking.definitions import times
from tracking.definitions.minimums import Minimum
from tracking.models import CourseOutline
from tracking.reports.course.active_learners import WeeklyActive
from tracking.reports.course.daily_stats import CourseDays, DayRange
from tracking.rollups.learner import days


class WeekMeasure(Enum):
    """What is set side by side."""

    ACTIVE = "active"
    """Learners active; see ``active_learners``."""
    TIME = "time"
    """Active seconds of all together."""
    VIEWS = "views"
    """Lessons and quizzes opened."""
    ATTEMPTS = "attempts"
    """Attempts handed in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekChange:
    """One measure in the last seven days, today among them, and in the seven days before."""

    measure: WeekMeasure
    now: int
    before: int

    @property
    def direction(self) -> str:
        """``more``, ``less`` or ``same``."""
        return "same" if self.now == self.before else "more" if self.now > self.before else "less"


def days_compared(course: CourseOutline, *, now: datetime) -> DayRange:
    """Return the fourteen days until today."""
    zone = days.course_time_zone(course.time_zone)
    return DayRange(times.week_before(now, zone)[0], times.this_week(now, zone)[1])


def compare_weeks(
    course: CourseOutline, known: CourseDays, active: WeeklyActive, *, now: datetime, learner_count: int
) -> tuple[WeekChange, ...]:
    """Return this week beside the last, where ``known`` are at least the days compared. No query.

    Nothing where the class is too small, or both were silent.
    """
    if learner_count < Minimum.GROUP.people():
        return ()
    zone = days.course_time_zone(course.time_zone)
    this, last = times.this_week(now, zone), times.week_before(now, zone)
    sums = {
        f"{name}_{field}": sum(getattr(row, field) for day, row in known.items() if week[0] <= day <= week[1])
        for name, week in (("now", this), ("before", last))
        for field in ("active_ms", "view_count", "access_count", "attempt_count")
    }
    found = (
        WeekChange(measure=WeekMeasure.ACTIVE, now=len(active.this_week), before=len(active.last_week)),
        WeekChange(
            measure=WeekMeasure.TIME,
            now=times.whole_seconds(sums["now_active_ms"]),
            before=times.whole_seconds(sums["before_active_ms"]),
        ),
        WeekChange(
            measure=WeekMeasure.VIEWS,
            now=sums["now_view_count"] + sums["now_access_count"],
            before=sums["before_view_count"] + sums["before_access_count"],
        ),
        WeekChange(
            measure=WeekMeasure.ATTEMPTS, now=sums["now_attempt_count"], before=sums["before_attempt_count"]
        ),
    )
    return tuple(each for each in found if each.now or each.before)
