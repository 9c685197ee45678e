"""Each day and each week of a course over its class, and each day over each of its groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from django.db.models import Min

from tracking.definitions import times
from tracking.events import LearnerId
from tracking.models import Attempt, CourseDay, CourseWeek, GroupDay, LearnerCourseDay
from tracking.rollups.course.rosters import WHOLE_CLASS, Roster
from tracking.rollups.engine.row_sync import sync_rows
from tracking.rollups.learner import days
from tracking.storage import bulk_read


@dataclass(slots=True)
class _PeriodCounts:
    """What learners did in one period."""

    active_ms: defaultdict[LearnerId, int] = field(default_factory=lambda: defaultdict(int))
    view_count: int = 0
    access_count: int = 0
    attempt_count: int = 0

    def fields(self) -> dict[str, Any]:
        """Return the fields that the rows of days and weeks have in common."""
        return {
            "learner_count": len(self.active_ms),
            "active_ms": sum(self.active_ms.values()),
            "view_count": self.view_count,
            "access_count": self.access_count,
            "attempt_count": self.attempt_count,
            **times.stored_percentiles(each for each in self.active_ms.values() if each),
        }


@dataclass(slots=True)
class _CourseCounts:
    days: defaultdict[tuple[str, date], _PeriodCounts] = field(
        default_factory=lambda: defaultdict(_PeriodCounts)
    )
    weeks: defaultdict[int, _PeriodCounts] = field(default_factory=lambda: defaultdict(_PeriodCounts))


def set_course_days(
    roster: Roster, *, zone: tzinfo, starts_at: datetime | None, only: AbstractSet[date] | None = None
) -> None:
    """Set the rows of each day, of each day in each group, and of each week since ``starts_at``.

    Days are those of ``zone``. With ``only``, nothing has changed on other days.
    """
    course_key = roster.course_key
    start = starts_at.astimezone(zone).date() if starts_at else None
    weeks = None if only is None or start is None else {_week(day, start) for day in only}
    within = None if weeks is None or start is None else _hull(weeks, start)
    counts = _count(roster, zone, start, within)
    in_days = {} if only is None else {"day__in": only}
    sync_rows(
        CourseDay,
        stored=CourseDay.objects.filter(course_key=course_key, **in_days),
        wanted=[
            CourseDay(course_key=course_key, day=day, **period.fields())
            for (group_key, day), period in counts.days.items()
            if group_key == WHOLE_CLASS and (only is None or day in only)
        ],
        key=["day"],
    )
    sync_rows(
        GroupDay,
        stored=GroupDay.objects.filter(course_key=course_key, **in_days),
        wanted=[
            GroupDay(course_key=course_key, group_key=group_key, day=day, **period.fields())
            for (group_key, day), period in counts.days.items()
            if group_key != WHOLE_CLASS and (only is None or day in only)
        ],
        key=["group_key", "day"],
    )
    enrolled_count = len(roster.group_of)
    sync_rows(
        CourseWeek,
        stored=CourseWeek.objects.filter(
            course_key=course_key, **({} if weeks is None else {"week__in": weeks})
        ),
        wanted=[
            CourseWeek(course_key=course_key, week=week, enrolled_count=enrolled_count, **period.fields())
            for week, period in counts.weeks.items()
            if weeks is None or week in weeks
        ],
        key=["week"],
    )


def _hull(weeks: AbstractSet[int], start: date) -> tuple[date, date]:
    """Return the first and the last day of all ``weeks``."""
    return start + timedelta(weeks=min(weeks)), start + timedelta(weeks=max(weeks), days=6)


def _starts(roster: Roster, zone: tzinfo) -> dict[LearnerId, date]:
    """Return the day on which each learner's own first week begins."""
    starts = {learner_id: at.astimezone(zone).date() for learner_id, at in roster.enrolled_at.items() if at}
    worked = LearnerCourseDay.objects.filter(course_key=roster.course_key).values_list("learner_id")
    for learner_id, day in worked.annotate(first=Min("day")):
        starts.setdefault(learner_id, day)
    return starts


def _count(
    roster: Roster, zone: tzinfo, start: date | None, within: tuple[date, date] | None
) -> _CourseCounts:
    counts = _CourseCounts()
    starts: Mapping[LearnerId, date] = {} if start else _starts(roster, zone)
    rows = LearnerCourseDay.objects.filter(course_key=roster.course_key)
    submitted = Attempt.objects.submitted().filter(course_key=roster.course_key)
    if within is not None:
        rows = rows.filter(day__range=within)
        submitted = submitted.filter(
            submitted_at__gte=days.day_bounds(within[0], zone)[0],
            submitted_at__lt=days.day_bounds(within[1], zone)[1],
        )
    fields = ("learner_id", "day", "active_ms", "view_count", "access_count")
    for learner_id, day, active_ms, view_count, access_count in bulk_read.iter_values(rows, *fields):
        classes = roster.classes_of(learner_id)
        found = [counts.days[group_key, day] for group_key in classes]
        for period in [*found, counts.weeks[_week(day, start or starts[learner_id])]] if classes else ():
            period.active_ms[learner_id] += active_ms
            period.view_count += view_count
            period.access_count += access_count
    for learner_id, submitted_at in submitted.values_list("learner_id", "submitted_at").iterator(5000):
        assert submitted_at is not None  # noqa: S101  Only submitted ones were asked for.
        day = submitted_at.astimezone(zone).date()
        classes = roster.classes_of(learner_id)
        for group_key in classes:
            counts.days[group_key, day].attempt_count += 1
        if classes:
            counts.weeks[_week(day, start or starts.get(learner_id, day))].attempt_count += 1
    return counts


def _week(day: date, start: date) -> int:
    return (day - start).days // 7
