"""Set the unit rows, the course row and the pattern of each learner.

The changed days are passed in, so that sums are updated by the difference and only units with changes are read. The
whole history of a learner is read only if something other than days has changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import chain
from typing import Any

from django.db.models import Count

from tracking.definitions.states import own_due_dates
from tracking.events import LearnerId, Purpose
from tracking.models import (
    Action,
    ActionKind,
    Attempt,
    Enrolment,
    LearnerCourse,
    LearnerCourseDay,
    LearnerPattern,
    LearnerUnit,
    OutlineUnit,
)
from tracking.privacy import consent
from tracking.rollups.course import expected_time
from tracking.rollups.engine.row_sync import sync_known_rows
from tracking.rollups.learner import attempt_summary, completions, course_rows, patterns, unit_totals
from tracking.rollups.learner.attempt_summary import AttemptSummary
from tracking.rollups.learner.course_rows import CourseRow
from tracking.rollups.learner.day_rows import CourseDayRow, DayChanges, RecomputedDays
from tracking.rollups.learner.unit_rows import (
    EnrolmentTerms,
    LearnerSources,
    OutlineWalk,
    UnitRow,
    is_worth_storing,
)
from tracking.storage import bulk_insert, bulk_read

AT_ONCE = 200
"""Learners whose rows are in memory at a time."""


def roll_up_learners(
    course_key: str,
    learner_ids: Sequence[LearnerId],
    *,
    changes: DayChanges,
    whole: AbstractSet[LearnerId],
    now: datetime,
) -> None:
    """Set the unit rows, the course row and the pattern of each learner in one course.

    ``changes`` are those of their days. Everything about the learners in ``whole`` is read again, because more than
    their days may have changed. The caller holds the lock on these learners in this course.
    """
    outline = list(OutlineUnit.objects.filter(course_key=course_key).order_by("position"))
    units = OutlineWalk(outline, now=now, class_medians=expected_time.class_medians(course_key, outline))
    for start in range(0, len(learner_ids), AT_ONCE):
        batch = learner_ids[start : start + AT_ONCE]
        _roll_up_some(course_key, batch, changes, units, whole=whole & set(batch), now=now)


def _roll_up_some(
    course_key: str,
    learner_ids: Sequence[LearnerId],
    changes: DayChanges,
    units: OutlineWalk,
    *,
    whole: AbstractSet[LearnerId],
    now: datetime,
) -> None:
    # Read locked units each time: they have no row that could say whether the learner was engaged with them.
    changed_units = {
        each: changes.units.get(each, set()) | units.locked for each in learner_ids if each not in whole
    }
    recomputed = _completely_recomputed(course_key, whole, changes)
    totals = unit_totals.read_unit_totals(course_key, whole - recomputed.keys(), changed_units)
    totals |= {learner_id: unit_totals.sum_unit_rows(days.units) for learner_id, days in recomputed.items()}
    attempts = _attempts(course_key, whole, changed_units)
    terms = _terms(course_key, learner_ids)
    current: dict[LearnerId, dict[str, UnitRow]] = defaultdict(dict)
    stored: dict[LearnerId, dict[str, tuple[Any, ...]]] = defaultdict(dict)
    for row in _stored(LearnerUnit, course_key, learner_ids):
        values = UnitRow._make(row[1:])
        current[values.learner_id][values.unit_key] = values
        stored[values.learner_id][values.unit_key] = row
    wanted: dict[LearnerId, list[UnitRow]] = {}
    changed: list[UnitRow] = []
    courses: list[CourseRow] = []
    course_days = course_rows.sum_days(course_key, learner_ids, changes, whole=whole, recomputed=recomputed)
    for learner_id in learner_ids:
        learner_terms = terms[learner_id]
        sources = LearnerSources(
            totals=totals[learner_id],
            attempts=attempts[learner_id],
            current_rows=current[learner_id],
            changed=changed_units.get(learner_id),
        )
        rows = units.rows_of(sources, learner_terms)
        if not learner_terms.is_enrolled and not any(row.last_at for row in rows):
            # A learner who is not enrolled and never did anything gets no rows: due dates alone would make all units
            # skipped.
            continue
        wanted[learner_id] = rows
        changed += _take_unchanged(rows, current[learner_id], stored[learner_id])
        courses.append(
            course_rows.learner_course_row(rows, units, course_days[learner_id], learner_terms, now=now)
        )
    completions.announce_completions(current, wanted, changed, units)
    sync_known_rows(
        LearnerUnit,
        stored=chain.from_iterable(rows.values() for rows in stored.values()),
        wanted=changed,
        key=["learner_id", "unit_key"],
    )
    sync_known_rows(
        LearnerCourse,
        stored=_stored(LearnerCourse, course_key, learner_ids),
        wanted=courses,
        key=["learner_id"],
    )
    _set_patterns(course_key, learner_ids, changes, whole=whole, recomputed=recomputed)


def _completely_recomputed(
    course_key: str, learner_ids: AbstractSet[LearnerId], changes: DayChanges
) -> dict[LearnerId, RecomputedDays]:
    """Return the days of learners whose every day has just been recomputed: they need not be read back."""
    if not learner_ids:
        return {}
    days = LearnerCourseDay.objects.filter(course_key=course_key, learner_id__in=learner_ids)
    counts = dict(days.order_by().values_list("learner_id").annotate(Count("pk")))
    recomputed = {
        learner_id: changes.recomputed.get(learner_id, RecomputedDays()) for learner_id in learner_ids
    }
    return {each: days for each, days in recomputed.items() if len(days.courses) == counts.get(each, 0)}


def _stored(model: Any, course_key: str, learner_ids: Collection[LearnerId]) -> list[tuple[Any, ...]]:
    rows = model.objects.filter(course_key=course_key, learner_id__in=learner_ids)
    return list(bulk_read.iter_values(rows, "pk", *bulk_insert.stored_field_names(model)))


def _take_unchanged(
    rows: Iterable[UnitRow], current: Mapping[str, UnitRow], stored: dict[str, tuple[Any, ...]]
) -> Iterator[UnitRow]:
    """Remove the unchanged rows from ``stored``, and yield the other rows to store."""
    for row in rows:
        # The walk returns the stored row itself if nothing changed.
        if row is current.get(row.unit_key):
            del stored[row.unit_key]
        elif is_worth_storing(row):
            yield row


def _terms(course_key: str, learner_ids: Sequence[LearnerId]) -> dict[LearnerId, EnrolmentTerms]:
    sharing = consent.learners_covered(learner_ids, Purpose.ENGAGEMENT, course_key=course_key)
    about = {"course_key": course_key, "learner_id__in": learner_ids}
    enrolments = {row.learner_id: row for row in Enrolment.objects.filter(**about)}
    excused: dict[LearnerId, set[str]] = defaultdict(set)
    for learner_id, row in enrolments.items():
        excused[learner_id] |= set(row.excused_unit_keys)
    excuses = Action.objects.in_effect().filter(**about, kind=ActionKind.EXCUSED)
    for learner_id, unit_key in excuses.values_list("learner_id", "unit_key"):
        excused[learner_id].add(unit_key)
    return {
        learner_id: EnrolmentTerms(
            learner_id=learner_id,
            course_key=course_key,
            is_shared=learner_id in sharing,
            is_enrolled=learner_id in enrolments,
            enrolled_at=enrolments[learner_id].enrolled_at if learner_id in enrolments else None,
            excused_unit_keys=frozenset(excused[learner_id]),
            due_at=own_due_dates(enrolments[learner_id].due_at) if learner_id in enrolments else {},
        )
        for learner_id in learner_ids
    }


def _attempts(
    course_key: str, whole: Collection[LearnerId], changed_units: dict[LearnerId, set[str]]
) -> defaultdict[LearnerId, dict[str, AttemptSummary]]:
    attempts = Attempt.objects.filter(course_key=course_key)
    found = list(attempts.filter(learner_id__in=whole)) if whole else []
    if unit_keys := set().union(*changed_units.values()):
        found += attempts.filter(learner_id__in=list(changed_units), unit_key__in=unit_keys)
    by_unit: dict[tuple[LearnerId, str], list[Attempt]] = defaultdict(list)
    for attempt in found:
        by_unit[attempt.learner_id, attempt.unit_key].append(attempt)
    summaries: defaultdict[LearnerId, dict[str, AttemptSummary]] = defaultdict(dict)
    for (learner_id, unit_key), of_unit in by_unit.items():
        summaries[learner_id][unit_key] = attempt_summary.summarise_attempts(of_unit)
    return summaries


def _set_patterns(
    course_key: str,
    learner_ids: Sequence[LearnerId],
    changes: DayChanges,
    *,
    whole: AbstractSet[LearnerId],
    recomputed: Mapping[LearnerId, RecomputedDays],
) -> None:
    batch_ids = set(learner_ids)
    changed: list[tuple[int, CourseDayRow]] = [
        (sign, row)
        for sign, rows in ((-1, changes.days_before), (1, changes.days_after))
        for row in rows
        if row.learner_id in batch_ids and row.learner_id not in whole
    ]
    affected = {row.learner_id for _, row in changed} | whole
    stored = _stored(LearnerPattern, course_key, affected)
    names = ["learner_id", "day", "hours", "transitions"]
    unread = LearnerCourseDay.objects.filter(course_key=course_key, learner_id__in=whole - recomputed.keys())
    stored_days = bulk_read.iter_values(unread, *names)
    recomputed_days = (
        (row.learner_id, row.day, row.hours, row.transitions)
        for each in recomputed.values()
        for row in each.courses
    )
    wanted: dict[LearnerId, tuple[patterns.Hours, patterns.TransitionCounts]] = {
        learner_id: (dict(hours), dict(transitions))
        for _, learner_id, _, hours, transitions in stored
        if learner_id not in whole
    }
    changed_days = ((sign, row.learner_id, row.day, row.hours, row.transitions) for sign, row in changed)
    for sign, learner_id, day, hours, transitions in chain(
        ((1, *row) for row in chain(stored_days, recomputed_days)), changed_days
    ):
        week, total = wanted.setdefault(learner_id, ({}, {}))
        patterns.add_hours(week, day, hours, sign=sign)
        patterns.add_transitions(total, transitions, sign=sign)
    rows = [
        (learner_id, course_key, week, total) for learner_id, (week, total) in wanted.items() if week or total
    ]
    sync_known_rows(LearnerPattern, stored=stored, wanted=rows, key=["learner_id"])
