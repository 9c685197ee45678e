"""Who was active in a class this week and last week: with any activity on one of its days, or a submitted attempt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef

from tracking.definitions import times
from tracking.models import Attempt, CourseOutline, Enrolment, LearnerCourseDay
from tracking.rollups.learner import days


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyActive:
    """The enrolled learners who were active in the weeks of ``definitions.times``."""

    this_week: frozenset[Any]
    last_week: frozenset[Any]


def read_weekly_active(course: CourseOutline, *, now: datetime) -> WeeklyActive:
    """Return who was active in a class. Two queries."""
    zone = days.course_time_zone(course.time_zone)
    (first, _), (this_first, last) = times.week_before(now, zone), times.this_week(now, zone)
    this_week: set[Any] = set()
    last_week: set[Any] = set()
    came = _days(first, last).filter(course_key=course.course_key)
    tried = _attempts(first, last, zone).filter(course_key=course.course_key)
    for learner_id, begin, end in (
        *came.values_list("learner_id").annotate(Min("day"), Max("day")).order_by(),
        *(
            (learner_id, begin.astimezone(zone).date(), end.astimezone(zone).date())
            for learner_id, begin, end in tried.values_list("learner_id")
            .annotate(Min("submitted_at"), Max("submitted_at"))
            .order_by()
        ),
    ):
        if end >= this_first:
            this_week.add(learner_id)
        if begin < this_first:
            last_week.add(learner_id)
    return WeeklyActive(this_week=frozenset(this_week), last_week=frozenset(last_week))


def count_active_this_week(courses: Iterable[CourseOutline], *, now: datetime) -> dict[str, int]:
    """Return how many learners were active this week, by course. Two queries for each time zone."""
    by_zone: defaultdict[str, list[str]] = defaultdict(list)
    for course in courses:
        by_zone[course.time_zone].append(course.course_key)
    counts: defaultdict[str, int] = defaultdict(int)
    for name, course_keys in by_zone.items():
        zone = days.course_time_zone(name)
        first, last = times.this_week(now, zone)
        came = _days(first, last).filter(course_key__in=course_keys)
        # A learner with an active day is counted by the first query: counting their attempts would count them twice.
        also_came = Exists(
            _days(first, last).filter(course_key=OuterRef("course_key"), learner_id=OuterRef("learner_id"))
        )
        tried = _attempts(first, last, zone).filter(~also_came, course_key__in=course_keys)
        for rows in (came, tried):
            counted = rows.order_by().values_list("course_key").annotate(Count("learner_id", distinct=True))
            for course_key, count in counted:
                counts[course_key] += count
    return dict(counts)


def _enrolled() -> Exists:
    return Exists(
        Enrolment.objects.filter(course_key=OuterRef("course_key"), learner_id=OuterRef("learner_id"))
    )


def _days(first: date, last: date) -> Any:
    return LearnerCourseDay.objects.filter(_enrolled(), day__range=(first, last))


def _attempts(first: date, last: date, zone: tzinfo) -> Any:
    begin, end = days.day_bounds(first, zone)[0], days.day_bounds(last, zone)[1]
    return Attempt.objects.submitted().filter(_enrolled(), submitted_at__gte=begin, submitted_at__lt=end)
