"""Mark everything as changed, so that the ordinary rollup recomputes every row from its source.

No table is emptied first. Each row is set in the transaction that recomputes it, so a reader sees the old figure or the
new one, never a mixture, and live traffic continues during the rebuild.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Min

from tracking.events import LearnerId
from tracking.models import (
    Attempt,
    Calibration,
    CourseOutline,
    Enrolment,
    Event,
    LearnerCourse,
    LearnerCourseDay,
    PendingChange,
    RollupStage,
)

LEARNERS_AT_ONCE = 100
"""Learners whose changes are written in one transaction."""
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildScope:
    """What to recompute: everything, or one course, one learner, or the days from ``since`` (in UTC) on."""

    course_key: str = ""
    learner_id: LearnerId | None = None
    since: date | None = None


def mark_for_rebuild(scope: RebuildScope) -> Iterator[int]:
    """Mark everything in ``scope`` as changed; yield how many changes were written after each transaction."""
    for course_key in _course_keys(scope):
        if scope.learner_id is None:
            PendingChange.objects.create(stage=RollupStage.OUTLINE, course_key=course_key)
            Calibration.objects.filter(course_key=course_key).update(is_stale=True)
            yield 1
        learner_ids = _learner_ids(course_key, scope)
        for start in range(0, len(learner_ids), LEARNERS_AT_ONCE):
            with transaction.atomic():
                changes = list(
                    rebuild_changes(course_key, learner_ids[start : start + LEARNERS_AT_ONCE], scope.since)
                )
                PendingChange.objects.bulk_create(changes, batch_size=1000)
            yield len(changes)


def rebuild_changes(
    course_key: str, learner_ids: Sequence[LearnerId], since: date | None = None
) -> Iterator[PendingChange]:
    """Yield one change per learner, over all days that have events to roll up or rows to delete."""
    about = {"course_key": course_key, "learner_id__in": learner_ids}
    happened = Event.objects.filter(**about).values_list("learner_id")
    stored = LearnerCourseDay.objects.filter(**about).values_list("learner_id")
    found: dict[Any, list[date]] = {learner_id: [] for learner_id in learner_ids}
    for learner_id, first, last in happened.annotate(first=Min("happened_at"), last=Max("happened_at")):
        # A page view lasts up to 24 hours, so an event may change the day before.
        found[learner_id] += (first.astimezone(UTC).date() - DAY, last.astimezone(UTC).date())
    for learner_id, first, last in stored.annotate(first=Min("day"), last=Max("day")):
        found[learner_id] += (first, last)
    for learner_id, days in found.items():
        first, last = max([min(days), *([since] if since else [])]) if days else None, max(days, default=None)
        is_any = first is not None and last is not None and first <= last
        yield PendingChange(
            stage=RollupStage.LEARNER,
            course_key=course_key,
            learner_id=learner_id,
            day=first if is_any else None,
            last_day=last if is_any else None,
        )


def _course_keys(scope: RebuildScope) -> list[str]:
    known = {*CourseOutline.objects.values_list("course_key", flat=True)}
    # Include courses that have rows but no source any more: their rows must be deleted.
    for source in (Event.objects, Attempt.objects, Enrolment.objects, LearnerCourse.objects):
        known |= {*source.order_by().values_list("course_key", flat=True).distinct()}
    return sorted(known & {scope.course_key} if scope.course_key else known)


def _learner_ids(course_key: str, scope: RebuildScope) -> list[Any]:
    if scope.learner_id is not None:
        return [scope.learner_id]
    # Include learners who have rows but no source any more: their rows must be deleted.
    sources = (Enrolment.objects, LearnerCourse.objects, Event.objects, Attempt.objects)
    found: set[Any] = set()
    for source in sources:
        found |= {*source.filter(course_key=course_key).values_list("learner_id", flat=True).distinct()}
    return sorted(found, key=str)
