"""Courses side by side: those that a learner is enrolled in, and those that an instructor teaches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from tracking.events import LearnerId, UnitKind
from tracking.models import Audience, CourseOutline, Enrolment, Finding, LearnerCourse, OutlineUnit
from tracking.reports.course import active_learners
from tracking.rollups import freshness
from tracking.rollups.freshness import Freshness


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedCourse:
    """One course of a learner, with the numbers of the learner's page about it."""

    course_key: str
    title: str
    freshness: Freshness
    required_count: int
    completed_count: int
    practise_count: int
    """Units with an open finding: areas to go back to."""
    last_at: datetime | None

    @property
    def is_simulated(self) -> bool:
        """Whether the numbers include simulated data."""
        return self.freshness.is_simulated


@dataclass(frozen=True, slots=True, kw_only=True)
class TaughtCourse:
    """One class of an instructor, with the numbers of the class page about it."""

    course_key: str
    title: str
    freshness: Freshness
    learner_count: int
    active_this_week_count: int
    check_in_count: int
    """Learners with an open finding."""
    reinforce_count: int
    """Units with an open finding about the class as a whole."""

    @property
    def is_simulated(self) -> bool:
        """Whether the numbers include simulated data."""
        return self.freshness.is_simulated


def learned_courses(learner_id: LearnerId, *, now: datetime) -> tuple[LearnedCourse, ...]:
    """Return the courses that a learner is enrolled in, most recently active first. Four queries."""
    enrolled = Enrolment.objects.filter(learner_id=learner_id).values("course_key")
    rows = {row.course_key: row for row in LearnerCourse.objects.filter(learner_id=learner_id)}
    areas = _counted(
        Finding.objects.visible_to(Audience.LEARNER, now=now).filter(learner_id=learner_id),
        Count("unit_key", distinct=True),
    )
    # Before the first rollup there is no row: count what the outline requires, as the course's own page does.
    required = Counter(_required().filter(course_key__in=enrolled).values_list("course_key", flat=True))
    courses = [
        _learned(
            freshness.course_freshness(course, now=now, learner_id=learner_id),
            course.outline,
            rows.get(course.outline.course_key)
            or LearnerCourse(required_count=required[course.outline.course_key]),
            practise_count=areas.get(course.outline.course_key, 0),
        )
        for course in freshness.read_courses_freshness(
            CourseOutline.objects.filter(course_key__in=enrolled).order_by("title")
        )
    ]
    return tuple(sorted(courses, key=lambda each: -each.last_at.timestamp() if each.last_at else 0))


def taught_courses(course_keys: Collection[str], *, now: datetime) -> tuple[TaughtCourse, ...]:
    """Return the classes of the courses ``course_keys``, by title. Six queries."""
    within = {"course_key__in": course_keys}
    enrolled = Exists(
        Enrolment.objects.filter(course_key=OuterRef("course_key"), learner_id=OuterRef("learner_id"))
    )
    learners = _counted(Enrolment.objects.filter(**within), Count("pk"))
    found = Finding.objects.visible_to(Audience.INSTRUCTOR, now=now).filter(**within)
    check_in = _counted(found.about_learners().filter(enrolled), Count("learner_id", distinct=True))
    reinforce = _counted(found.about_class(), Count("unit_key", distinct=True))
    read = freshness.read_courses_freshness(
        CourseOutline.objects.filter(**within).order_by("title", "course_key")
    )
    active = active_learners.count_active_this_week((course.outline for course in read), now=now)
    return tuple(
        TaughtCourse(
            course_key=course.outline.course_key,
            title=course.outline.title,
            freshness=freshness.course_freshness(course, now=now),
            learner_count=learners.get(course.outline.course_key, 0),
            active_this_week_count=active.get(course.outline.course_key, 0),
            check_in_count=check_in.get(course.outline.course_key, 0),
            reinforce_count=reinforce.get(course.outline.course_key, 0),
        )
        for course in read
    )


def _learned(
    fresh: Freshness, outline: CourseOutline, row: LearnerCourse, *, practise_count: int
) -> LearnedCourse:
    return LearnedCourse(
        course_key=outline.course_key,
        title=outline.title,
        freshness=fresh,
        required_count=row.required_count,
        completed_count=row.completed_count,
        practise_count=practise_count,
        last_at=row.last_at,
    )


def _required() -> QuerySet[OutlineUnit]:
    return OutlineUnit.objects.filter(is_available=True, is_required=True).exclude(kind=UnitKind.MODULE)


def _counted(rows: QuerySet[Any], count: Count) -> dict[str, int]:
    return dict(rows.order_by().values_list("course_key").annotate(counted=count))
