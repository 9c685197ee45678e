"""Write pending changes, in the transaction of the change that they announce."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tracking.events import LearnerId
from tracking.models import PendingChange, RollupStage


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedDay:
    """A learner's day (UTC) in a course whose raw events have changed."""

    learner_id: LearnerId
    course_key: str
    day: date


def mark_days_changed(days: Iterable[ChangedDay]) -> None:
    """Mark each of ``days`` as changed, once."""
    PendingChange.objects.bulk_create(changes_for_days(days))


def changes_for_days(days: Iterable[ChangedDay]) -> list[PendingChange]:
    """Return a pending change for each of ``days``, to be stored with the events that changed them."""
    return [
        PendingChange(
            stage=RollupStage.LEARNER, course_key=each.course_key, learner_id=each.learner_id, day=each.day
        )
        for each in dict.fromkeys(days)
    ]


def mark_learner_changed(*, learner_id: LearnerId, course_key: str) -> None:
    """Mark a learner in a course as changed by something other than raw events, such as an attempt or an enrolment."""
    PendingChange.objects.create(stage=RollupStage.LEARNER, course_key=course_key, learner_id=learner_id)


def mark_learners_changed(pairs: Iterable[tuple[LearnerId, str]]) -> None:
    """Mark each pair of learner and course key as changed, once, as ``mark_learner_changed`` does for one."""
    PendingChange.objects.bulk_create(
        PendingChange(stage=RollupStage.LEARNER, course_key=course_key, learner_id=learner_id)
        for learner_id, course_key in dict.fromkeys(pairs)
    )


def mark_outline_changed(course_key: str) -> None:
    """Mark that the outline or the enrolments of a course may have changed."""
    PendingChange.objects.create(stage=RollupStage.OUTLINE, course_key=course_key)
