"""One course of one learner: all that is stored in single rows about both, read in one query."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Aggregate, Case, Exists, JSONField, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import JSONArray

from tracking.definitions import states, times
from tracking.events import EventSource, LearnerId
from tracking.models import (
    CourseOutline,
    Enrolment,
    Event,
    LearnerCourse,
    LearnerCourseDay,
    LearnerPattern,
)
from tracking.rollups import freshness
from tracking.rollups.freshness import CourseFreshness, Freshness
from tracking.rollups.learner import days

TREND_DAYS = 28

OWN = (
    "required_count", "completed_count", "skipped_count", "active_ms", "estimated_ms", "reported_later_ms",
    "last_unit_key", "first_at",
    "last_at",
)  # fmt: skip
"""The columns read of a learner's row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfLearning:
    """Active time on one day of the course's time zone, in seconds."""

    day: date
    active_seconds: int
    estimated_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseOfLearner:
    """One course with one learner's numbers in it."""

    title: str
    freshness: Freshness
    is_enrolled: bool
    time_zone: str
    due_at: Mapping[str, datetime]
    """The learner's own due dates by unit key."""
    row: LearnerCourse
    """All zeros if there is no row yet."""
    has_row: bool
    """Whether there is a row."""
    days: tuple[DayOfLearning, ...]
    """The last 28 days, oldest first, days without activity included."""
    hours: tuple[int, ...]
    """Active seconds at each hour of the day over all days, on the course's clock, from midnight on."""


class _Rows(Aggregate):
    """The values of many rows as one list."""

    function = "JSON_GROUP_ARRAY"
    output_field = JSONField()

    def as_postgresql(self, compiler: Any, connection: Any, **given: Any) -> Any:
        return super().as_sql(compiler, connection, function="JSONB_AGG", **given)


def read_course_of_learner(
    learner_id: LearnerId, course_key: str, *, now: datetime
) -> CourseOfLearner | None:
    """Return a course with the learner's figures, or ``None`` if it is unknown. One query."""
    head: dict[str, Any] = {"course_key": course_key, "learner_id": learner_id}
    own = LearnerCourse.objects.filter(**head)
    # The time zone is only known from this very row, so read one day more on each side: no zone is further from UTC.
    around = now.astimezone(UTC).date()
    reach = (around - timedelta(days=TREND_DAYS), around + timedelta(days=1))
    outlines = CourseOutline.objects.filter(course_key=course_key).annotate(
        **freshness.data_version_parts(learner_id=learner_id),
        is_enrolled=Exists(Enrolment.objects.filter(**head)),
        own_due_at=Subquery(Enrolment.objects.filter(**head).values("due_at")[:1]),
        is_made_up=_is_made_up(Event.objects.filter(**head)),
        hours=Subquery(LearnerPattern.objects.filter(**head).values("hours")[:1]),
        days=Subquery(_days_of(head, first=reach[0], last=reach[1])),
        **{f"own_{name}": Subquery(own.values(name)[:1]) for name in OWN},
    )
    course = next(iter(freshness.read_courses_freshness(outlines, learner_id=learner_id)), None)
    return _course(course, head, now=now) if course is not None else None


def _is_made_up(events: QuerySet[Event]) -> Case:
    """Return whether a learner's figures include simulated data, as ``freshness.is_simulated`` does."""
    of_this_learner = Q(~Exists(events)) | Q(Exists(events.filter(source=EventSource.SIMULATED)))
    return Case(
        When(is_simulated=True, then=Case(When(of_this_learner, then=Value(True)), default=Value(False))),
        default=Value(False),
    )


def _days_of(head: Mapping[str, Any], *, first: date, last: date) -> QuerySet[LearnerCourseDay, Any]:
    rows = LearnerCourseDay.objects.filter(**head, day__range=(first, last)).order_by()
    return (
        rows.values("learner_id")
        .annotate(days=_Rows(JSONArray("day", "active_ms", "estimated_ms")))
        .values("days")
    )


def _course(read: CourseFreshness, head: Mapping[str, Any], *, now: datetime) -> CourseOfLearner:
    found: Any = read.outline
    today = now.astimezone(days.course_time_zone(found.time_zone)).date()
    own = {name: value for name in OWN if (value := getattr(found, f"own_{name}")) is not None}
    return CourseOfLearner(
        title=found.title,
        freshness=freshness.course_freshness(read, now=now, is_made_up=found.is_made_up),
        is_enrolled=found.is_enrolled,
        time_zone=found.time_zone,
        due_at=states.own_due_dates(found.own_due_at),
        row=LearnerCourse(**head, **own),
        has_row="required_count" in own,
        days=_days(found.days or (), first=today - timedelta(days=TREND_DAYS - 1)),
        hours=_hours(found.hours or {}),
    )


def _days(rows: Sequence[Sequence[Any]], *, first: date) -> tuple[DayOfLearning, ...]:
    known = {date.fromisoformat(day): (active_ms, estimated_ms) for day, active_ms, estimated_ms in rows}
    shown = [first + timedelta(days=offset) for offset in range(TREND_DAYS)]
    of_days = {day: known.get(day, (0, 0)) for day in shown}
    return tuple(
        DayOfLearning(
            day=day,
            active_seconds=times.whole_seconds(active_ms),
            estimated_seconds=times.whole_seconds(estimated_ms),
        )
        for day, (active_ms, estimated_ms) in of_days.items()
    )


def _hours(pattern: Mapping[str, Sequence[int]]) -> tuple[int, ...]:
    hours = Counter[int]()
    for place, (active_ms, _) in pattern.items():
        hours[int(place) % 24] += active_ms
    return tuple(times.whole_seconds(hours[hour]) for hour in range(24))
