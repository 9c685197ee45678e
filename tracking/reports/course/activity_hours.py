"""The hours of the week at which a class, or one learner, is active."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tracking.definitions import times
from tracking.events import LearnerId
from tracking.models import CourseHour, CourseOutline, LearnerPattern
from tracking.rollups import freshness
from tracking.rollups.freshness import Freshness

HOURS = 7 * 24


@dataclass(frozen=True, slots=True, kw_only=True)
class HourOfWeek:
    """One hour of the week, over all weeks of the course, on the course's clock."""

    weekday: int
    """0 is Monday."""
    hour: int
    active_seconds: int
    view_count: int
    learner_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekActivity:
    """All 168 hours of a week, from Monday midnight on."""

    course_key: str
    time_zone: str
    """Empty: the time zone of the site."""
    freshness: Freshness
    hours: tuple[HourOfWeek, ...]


def class_activity_hours(course_key: str, *, now: datetime) -> WeekActivity | None:
    """Return the hours at which a class is active, or ``None`` if the course is unknown. Three queries."""
    outline = CourseOutline.objects.filter(course_key=course_key).first()
    if outline is None:
        return None
    rows = {row.hour: row for row in CourseHour.objects.filter(course_key=course_key)}
    found = [rows.get(place) or CourseHour(hour=place) for place in range(HOURS)]
    return WeekActivity(
        course_key=course_key,
        time_zone=outline.time_zone,
        freshness=freshness.find_freshness(outline, now=now),
        hours=tuple(map(_hour_of_class, found)),
    )


def learner_activity_hours(learner_id: LearnerId, course_key: str, *, now: datetime) -> WeekActivity | None:
    """Return the hours at which one learner is active in a course, or ``None`` if the course is unknown."""
    outline = CourseOutline.objects.filter(course_key=course_key).first()
    if outline is None:
        return None
    row = LearnerPattern.objects.filter(learner_id=learner_id, course_key=course_key).first()
    found = row.hours if row else {}
    return WeekActivity(
        course_key=course_key,
        time_zone=outline.time_zone,
        freshness=freshness.find_freshness(outline, now=now, learner_id=learner_id),
        hours=tuple(_hour_of_learner(place, *found.get(str(place), (0, 0))) for place in range(HOURS)),
    )


def _hour_of_class(row: CourseHour) -> HourOfWeek:
    return HourOfWeek(
        weekday=row.hour // 24,
        hour=row.hour % 24,
        active_seconds=times.whole_seconds(row.active_ms),
        view_count=row.view_count,
        learner_count=row.learner_count,
    )


def _hour_of_learner(place: int, active_ms: int, view_count: int) -> HourOfWeek:
    return HourOfWeek(
        weekday=place // 24,
        hour=place % 24,
        active_seconds=times.whole_seconds(active_ms),
        view_count=view_count,
        learner_count=int(bool(active_ms or view_count)),
    )
