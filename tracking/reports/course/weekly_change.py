"""What changed in a class since last week: the last seven days beside the seven before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from django.db.models import Count, Exists, OuterRef, Q

from tracking import conf
from tracking.models import CourseOutline, Enrolment, LearnerCourseDay
from tracking.reports.course.daily_stats import CourseDays, DayRange
from tracking.rollups.learner import days

WEEK = timedelta(days=7)


class WeekMeasure(Enum):
    """What is set side by side."""

    ACTIVE = "active"
    """Learners with anything on record."""
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
    today = now.astimezone(days.course_time_zone(course.time_zone)).date()
    return DayRange(today - 2 * WEEK + timedelta(days=1), today)


def compare_weeks(
    course: CourseOutline, known: CourseDays, *, now: datetime, learner_count: int
) -> tuple[WeekChange, ...]:
    """Return this week beside the last, where ``known`` are at least the days compared. One query at most.

    Nothing where the class is too small, or both were silent.
    """
    if learner_count < conf.get_settings().MIN_GROUP_SIZE:
        return ()
    compared = days_compared(course, now=now)
    this = (compared.last - WEEK + timedelta(days=1), compared.last)
    last = (compared.first, this[0] - timedelta(days=1))
    active_now, active_before = _active(course.course_key, this, last)
    sums = {
        f"{name}_{field}": sum(getattr(row, field) for day, row in known.items() if week[0] <= day <= week[1])
        for name, week in (("now", this), ("before", last))
        for field in ("active_ms", "view_count", "access_count", "attempt_count")
    }
    found = (
        WeekChange(measure=WeekMeasure.ACTIVE, now=active_now, before=active_before),
        WeekChange(
            measure=WeekMeasure.TIME,
            now=round(sums["now_active_ms"] / 1000),
            before=round(sums["before_active_ms"] / 1000),
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


def _active(course_key: str, this: tuple[date, date], last: tuple[date, date]) -> tuple[int, int]:
    enrolled = Exists(Enrolment.objects.filter(course_key=course_key, learner_id=OuterRef("learner_id")))
    rows = LearnerCourseDay.objects.filter(enrolled, course_key=course_key, day__range=(last[0], this[1]))
    counted = rows.aggregate(
        now=Count("learner_id", distinct=True, filter=Q(day__range=this)),
        before=Count("learner_id", distinct=True, filter=Q(day__range=last)),
    )
    return counted["now"], counted["before"]
