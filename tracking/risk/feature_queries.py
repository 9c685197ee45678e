"""Read the risk features of a whole class as of any moment, past or present."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from django.db.models import F, Max, Min

from tracking import conf
from tracking.events import Purpose, UnitKind
from tracking.models import Attempt, CourseOutline, Enrolment, LearnerCourseDay, OutlineUnit
from tracking.privacy import consent
from tracking.risk import features
from tracking.risk.features import LearnerToDate, QuizResult, QuizWeight, RiskFeatures
from tracking.rollups.learner import days

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseStart:
    """The start of a course: midnight of its first day, in its time zone."""

    at: datetime
    zone: tzinfo

    def days_to(self, at: datetime) -> float:
        """Return the days from the start to ``at``, negative before it."""
        return (at - self.at) / DAY

    def day_of(self, day: date) -> int:
        """Return how many days after the first one ``day`` is."""
        return (day - self.at.astimezone(self.zone).date()).days


def course_start(outline: CourseOutline) -> CourseStart | None:
    """Return the start of a course, or ``None`` if it is unknown.

    It is the start date that the host gives, else the first day on which a learner was active.
    """
    zone = days.course_time_zone(outline.time_zone)
    first = outline.starts_at.astimezone(zone).date() if outline.starts_at else None
    if first is None:
        rows = LearnerCourseDay.objects.filter(course_key=outline.course_key)
        first = rows.aggregate(first=Min("day"))["first"]
    return None if first is None else CourseStart(at=datetime.combine(first, time(), tzinfo=zone), zone=zone)


def read_risk_features(outline: CourseOutline, start: CourseStart, *, at: datetime) -> list[RiskFeatures]:
    """Return the features of each learner enrolled before ``at``, from what happened before it. About six queries.

    What was graded after ``at`` counts as graded, because the time of grading is not known.
    """
    course_key = outline.course_key
    joined: dict[Any, datetime | None] = {
        learner_id: enrolled_at
        for learner_id, enrolled_at in Enrolment.objects.filter(course_key=course_key)
        .order_by("learner_id")
        .values_list("learner_id", "enrolled_at")
        if enrolled_at is None or enrolled_at < at
    }
    sharing = consent.learners_covered(list(joined), Purpose.ENGAGEMENT, course_key=course_key)
    active = _active_days(course_key, start, at)
    results = _results(course_key, start, at)
    day = math.ceil(start.days_to(at))
    learners = [
        LearnerToDate(
            learner=learner_id,
            active_days=sorted(active.get(learner_id, {})) if learner_id in sharing else None,
            click_count=sum(active.get(learner_id, {}).values()) if learner_id in sharing else None,
            submitted=results.get(learner_id, {}),
            joined_day=start.days_to(enrolled_at) if enrolled_at else None,
        )
        for learner_id, enrolled_at in joined.items()
    ]
    quizzes = _quizzes(course_key, start, day=day, at=at)
    return features.class_risk_features(
        learners, quizzes, day=day, class_minimum=conf.get_settings().MIN_CLASS_SIZE
    )


def _active_days(course_key: str, start: CourseStart, at: datetime) -> dict[Any, dict[int, int]]:
    # At exactly midnight the day that begins is not over: counting it would use data from after the moment.
    last = (at - timedelta(microseconds=1)).astimezone(start.zone).date()
    rows = LearnerCourseDay.objects.filter(course_key=course_key, day__lte=last).annotate(
        clicks=F("view_count") + F("access_count")
    )
    active: defaultdict[Any, dict[int, int]] = defaultdict(dict)
    for learner_id, day, clicks in rows.values_list("learner_id", "day", "clicks"):
        active[learner_id][start.day_of(day)] = clicks
    return active


def _results(course_key: str, start: CourseStart, at: datetime) -> dict[Any, dict[str, QuizResult]]:
    attempts: defaultdict[tuple[Any, str], list[Attempt]] = defaultdict(list)
    for attempt in Attempt.objects.filter(course_key=course_key, submitted_at__lt=at).order_by(
        "submitted_at"
    ):
        attempts[attempt.learner_id, attempt.unit_key].append(attempt)
    results: defaultdict[Any, dict[str, QuizResult]] = defaultdict(dict)
    for (learner_id, unit_key), mine in attempts.items():
        first = mine[0].submitted_at or mine[0].started_at
        results[learner_id][unit_key] = QuizResult(share=_best_share(mine), day=start.days_to(first))
    return results


def _best_share(attempts: Iterable[Attempt]) -> float | None:
    shares = [
        share
        for each in attempts
        if (
            share := float(each.is_passed)
            if each.share is None and each.is_passed is not None
            else each.share
        )
        is not None
    ]
    return max(shares, default=None)


def _quizzes(course_key: str, start: CourseStart, *, day: int, at: datetime) -> dict[str, QuizWeight]:
    units = OutlineUnit.objects.filter(
        course_key=course_key, kind=UnitKind.QUIZ, is_available=True, is_required=True
    )
    due = dict(units.values_list("unit_key", "due_at"))
    attempts = Attempt.objects.filter(course_key=course_key, unit_key__in=due).values("unit_key")
    points = dict(attempts.annotate(maximum=Max("max_score")).values_list("unit_key", "maximum"))
    return {
        key: QuizWeight(due_day=_due_day(due_at, start, day=day, at=at), points=_points(key, points, due))
        for key, due_at in due.items()
    }


def _due_day(due_at: datetime | None, start: CourseStart, *, day: int, at: datetime) -> float | None:
    if due_at is None:
        return None
    # day is rounded up, so that a quiz due later today would count as due: keep it at or after day.
    return start.days_to(due_at) if due_at < at else max(start.days_to(due_at), day)


def _points(key: str, points: Mapping[str, float | None], quizzes: Collection[str]) -> float:
    """Return how much a quiz counts: its maximum score, if known for every attempted quiz, else 1."""
    attempted = [points[each] for each in quizzes if each in points]
    return (points.get(key) or 1.0) if all(attempted) else 1.0
