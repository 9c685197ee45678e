"""What changed in a class since last week: the last seven days beside the seven before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from tracking import conf
from tracking.models import CourseDay, CourseOutline, Enrolment, LearnerCourseDay
from tracking.rollups import days

WEEK = timedelta(days=7)


class Measure(Enum):
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
class Change:
    """One measure in the last seven days, today among them, and in the seven days before."""

    measure: Measure
    now: int
    before: int

    @property
    def direction(self) -> str:
        """``more``, ``less`` or ``same``."""
        return "same" if self.now == self.before else "more" if self.now > self.before else "less"


def compare(course: CourseOutline, *, now: datetime, learner_count: int) -> tuple[Change, ...]:
    """Return this week beside the last; nothing where the class is too small, or both were silent. Two queries."""
    if learner_count < conf.get_settings().GROUP_MINIMUM:
        return ()
    today = now.astimezone(days.zone_of(course.time_zone)).date()
    this = (today - WEEK + timedelta(days=1), today)
    last = (this[0] - WEEK, this[1] - WEEK)
    active_now, active_before = _active(course.course_key, this, last)
    sums = CourseDay.objects.filter(course_key=course.course_key, day__range=(last[0], this[1])).aggregate(
        **{
            f"{name}_{field}": Coalesce(Sum(field, filter=Q(day__range=week)), 0)
            for name, week in (("now", this), ("before", last))
            for field in ("active_ms", "view_count", "access_count", "attempt_count")
        }
    )
    found = (
        Change(measure=Measure.ACTIVE, now=active_now, before=active_before),
        Change(
            measure=Measure.TIME,
            now=round(sums["now_active_ms"] / 1000),
            before=round(sums["before_active_ms"] / 1000),
        ),
        Change(
            measure=Measure.VIEWS,
            now=sums["now_view_count"] + sums["now_access_count"],
            before=sums["before_view_count"] + sums["before_access_count"],
        ),
        Change(measure=Measure.ATTEMPTS, now=sums["now_attempt_count"], before=sums["before_attempt_count"]),
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
