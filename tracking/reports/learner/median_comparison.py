"""A learner's figures next to the class median, for learners who asked for it. Never a rank, never a name."""

from __future__ import annotations

from dataclasses import dataclass

from tracking.definitions import percentiles, times
from tracking.definitions.minimums import Minimum
from tracking.events import LearnerId, Purpose
from tracking.models import LearnerCourse
from tracking.privacy import consent, groups


@dataclass(frozen=True, slots=True, kw_only=True)
class MedianComparison:
    """The median over the learners who share their activity and have started: half have more, half less."""

    learner_count: int
    completed_count: int
    active_seconds: int | None
    """Over the learners with any measured time; ``None`` if they are too few."""


def find_median_comparison(learner_id: LearnerId, course_key: str) -> MedianComparison | None:
    """Return the medians of the learner's class, or ``None`` if they did not ask for it or the class is too small."""
    if not consent.covers(learner_id, Purpose.COMPARISON, course_key=course_key):
        return None
    included = groups.learners_in_figures(course_key)
    begun = LearnerCourse.objects.filter(
        course_key=course_key, learner_id__in=included, last_at__isnull=False
    )
    rows = list(begun.values_list("completed_count", "active_ms"))
    minimum = Minimum.GROUP.people()
    if len(rows) < minimum:
        return None
    timed = [active_ms for _, active_ms in rows if active_ms]
    return MedianComparison(
        learner_count=len(rows),
        completed_count=round(percentiles.median(completed for completed, _ in rows)),
        active_seconds=times.whole_seconds(percentiles.median(timed)) if len(timed) >= minimum else None,
    )
