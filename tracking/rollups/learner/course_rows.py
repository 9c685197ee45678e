"""The course row of a learner: the time of their days, the states of their units, the first and last activity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from tracking.events import LearnerId
from tracking.models import LearnerCourse, LearnerCourseDay, UnitState
from tracking.rollups.learner.day_rows import CourseDayRow, DayChanges, RecomputedDays
from tracking.rollups.learner.unit_rows import EnrolmentTerms, OutlineWalk, UnitRow
from tracking.storage import bulk_read

SUMMED = ("active_ms", "estimated_ms", "reported_later_ms")
"""The times of a learner's days that are added up."""


class CourseRow(NamedTuple):
    """The fields of ``models.LearnerCourse``, in its order."""

    learner_id: LearnerId
    course_key: str
    active_ms: int
    estimated_ms: int
    reported_later_ms: int
    required_count: int
    completed_count: int
    skipped_count: int
    failed_count: int
    attempt_count: int
    last_unit_key: str
    first_at: datetime | None
    last_at: datetime | None
    rolled_up_at: datetime | None


@dataclass(slots=True)
class DaySum:
    """The days of one learner added up, or the difference to add to that."""

    active_ms: int = 0
    estimated_ms: int = 0
    reported_later_ms: int = 0


def learner_course_row(
    rows: Sequence[UnitRow], units: OutlineWalk, day_sum: DaySum, terms: EnrolmentTerms, *, now: datetime
) -> CourseRow:
    """Return the course row of one learner from ``rows``, the rows of the learner's units."""
    states = [row.state for row in rows if row.unit_key in units.required]
    last_at, last_unit_key = max(
        ((row.last_at, row.unit_key) for row in rows if row.last_at), default=(None, "")
    )
    return CourseRow(
        learner_id=terms.learner_id,
        course_key=terms.course_key,
        active_ms=day_sum.active_ms,
        estimated_ms=day_sum.estimated_ms,
        reported_later_ms=day_sum.reported_later_ms,
        required_count=units.required_count(terms),
        completed_count=states.count(UnitState.COMPLETED),
        skipped_count=states.count(UnitState.SKIPPED),
        failed_count=states.count(UnitState.FAILED),
        attempt_count=sum([row.attempt_count for row in rows]),
        last_unit_key=last_unit_key,
        first_at=min((row.first_at for row in rows if row.first_at), default=None),
        last_at=last_at,
        rolled_up_at=now,
    )


def sum_days(
    course_key: str,
    learner_ids: Sequence[LearnerId],
    changes: DayChanges,
    *,
    whole: AbstractSet[LearnerId],
    recomputed: Mapping[LearnerId, RecomputedDays],
) -> defaultdict[LearnerId, DaySum]:
    """Return the days of each learner added up. Those in ``recomputed`` are all days that their learners have."""
    totals: defaultdict[LearnerId, DaySum] = defaultdict(DaySum)
    about = {"course_key": course_key}
    before = LearnerCourse.objects.filter(
        **about, learner_id__in=[each for each in learner_ids if each not in whole]
    )
    rows = LearnerCourseDay.objects.filter(**about, learner_id__in=whole - recomputed.keys())
    for query in (before, rows):
        for learner_id, *times in bulk_read.iter_values(query, "learner_id", *SUMMED):
            _add(totals[learner_id], times)
    for days in recomputed.values():
        for row in days.courses:
            _add(totals[row.learner_id], _times(row))
    for sign, changed in ((-1, changes.days_before), (1, changes.days_after)):
        for row in changed:
            if row.learner_id not in whole:
                _add(totals[row.learner_id], _times(row), sign)
    return totals


def _times(row: CourseDayRow) -> tuple[int, ...]:
    return row.active_ms, row.estimated_ms, row.reported_later_ms


def _add(total: DaySum, times: Sequence[int], sign: int = 1) -> None:
    for name, milliseconds in zip(SUMMED, times, strict=True):
        setattr(total, name, getattr(total, name) + sign * milliseconds)
