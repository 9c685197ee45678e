"""Where each learner stands: with each unit, in the course, and by the hour and the step.

Days that changed are given along, so that what they add up to is brought into step by them and by the units in which
anything changed: a learner's history is read again only where something else has changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import chain
from typing import Any

from django.db.models import Count

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
"""Learners whose rows are held in memory at a time."""


def roll_up_learners(
    course_key: str,
    learner_ids: Sequence[LearnerId],
    *,
    changes: DayChanges,
    whole: AbstractSet[LearnerId],
    now: datetime,
) -> None:
    """Set the unit rows, the course row and the pattern of each learner in one course.

    ``changes`` are those of their days. Of the learners in ``whole`` everything is read again, because more than their
    days may have changed. The caller holds the lock on these learners in this course.
    """
    outline = list(OutlineUnit.objects.filter(course_key=course_key).order_by("position"))
    units = OutlineWalk(outline, now=now, learned=expected_time.class_medians(course_key, outline))
    for start in range(0, len(learner_ids), AT_ONCE):
        some = learner_ids[start : start + AT_ONCE]
        _fold_some(course_key, some, changes, units, whole=whole & set(some), now=now)


def _fold_some(
    course_key: str,
    learner_ids: Sequence[LearnerId],
    changes: DayChanges,
    units: OutlineWalk,
    *,
    whole: AbstractSet[LearnerId],
    now: datetime,
) -> None:
    # Locked units have no row that could tell whether they were engaged with.
    parts = {each: changes.units.get(each, set()) | units.locked for each in learner_ids if each not in whole}
    made = _completely_made(course_key, whole, changes)
    totals = unit_totals.read_unit_totals(course_key, whole - made.keys(), parts)
    totals |= {learner_id: unit_totals.sum_unit_rows(days.units) for learner_id, days in made.items()}
    attempts = _attempts(course_key, whole, parts)
    terms = _terms(course_key, learner_ids)
    standing: dict[LearnerId, dict[str, UnitRow]] = defaultdict(dict)
    stored: dict[LearnerId, dict[str, tuple[Any, ...]]] = defaultdict(dict)
    for row in _stored(LearnerUnit, course_key, learner_ids):
        values = UnitRow._make(row[1:])
        standing[values.learner_id][values.unit_key] = values
        stored[values.learner_id][values.unit_key] = row
    wanted: dict[LearnerId, list[UnitRow]] = {}
    changed: list[UnitRow] = []
    courses: list[CourseRow] = []
    course_days = course_rows.sum_days(course_key, learner_ids, changes, whole=whole, made=made)
    for learner_id in learner_ids:
        of_learner = terms[learner_id]
        sources = LearnerSources(
            totals=totals[learner_id],
            attempts=attempts[learner_id],
            current_rows=standing[learner_id],
            changed=parts.get(learner_id),
        )
        rows = units.rows_of(sources, of_learner)
        if not of_learner.is_enrolled and not any(row.last_at for row in rows):
            # Somebody who came and went: the calendar alone gives nobody rows.
            continue
        wanted[learner_id] = rows
        changed += _parted(rows, standing[learner_id], stored[learner_id])
        courses.append(
            course_rows.learner_course_row(rows, units, course_days[learner_id], of_learner, now=now)
        )
    completions.announce_completions(standing, wanted, changed, units)
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
    _fold_patterns(course_key, learner_ids, changes, whole=whole, made=made)


def _completely_made(
    course_key: str, learner_ids: AbstractSet[LearnerId], changes: DayChanges
) -> dict[LearnerId, RecomputedDays]:
    """Return the days of those of whom every day there is has just been made again: they need not be read back."""
    if not learner_ids:
        return {}
    days = LearnerCourseDay.objects.filter(course_key=course_key, learner_id__in=learner_ids)
    counts = dict(days.order_by().values_list("learner_id").annotate(Count("pk")))
    made = {learner_id: changes.made.get(learner_id, RecomputedDays()) for learner_id in learner_ids}
    return {each: days for each, days in made.items() if len(days.courses) == counts.get(each, 0)}


def _stored(model: Any, course_key: str, learner_ids: Collection[LearnerId]) -> list[tuple[Any, ...]]:
    rows = model.objects.filter(course_key=course_key, learner_id__in=learner_ids)
    return list(bulk_read.iter_values(rows, "pk", *bulk_insert.stored_field_names(model)))


def _parted(
    rows: Iterable[UnitRow], standing: Mapping[str, UnitRow], stored: dict[str, tuple[Any, ...]]
) -> Iterator[UnitRow]:
    """Take what still stands out of ``stored``, and yield the rest of what is to be there."""
    for row in rows:
        if row is standing.get(row.unit_key):
            del stored[row.unit_key]
        elif is_worth_storing(row):
            yield row


def _terms(course_key: str, learner_ids: Sequence[LearnerId]) -> dict[LearnerId, EnrolmentTerms]:
    sharing = consent.learners_covered(learner_ids, Purpose.ENGAGEMENT, course_key=course_key)
    head = {"course_key": course_key, "learner_id__in": learner_ids}
    enrolments = {row.learner_id: row for row in Enrolment.objects.filter(**head)}
    excused: dict[LearnerId, set[str]] = defaultdict(set)
    for learner_id, row in enrolments.items():
        excused[learner_id] |= set(row.excused_unit_keys)
    excuses = Action.objects.in_effect().filter(**head, kind=ActionKind.EXCUSED)
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
        )
        for learner_id in learner_ids
    }


def _attempts(
    course_key: str, whole: Collection[LearnerId], parts: dict[LearnerId, set[str]]
) -> defaultdict[LearnerId, dict[str, AttemptSummary]]:
    attempts = Attempt.objects.filter(course_key=course_key)
    found = list(attempts.filter(learner_id__in=whole)) if whole else []
    if unit_keys := set().union(*parts.values()):
        found += attempts.filter(learner_id__in=list(parts), unit_key__in=unit_keys)
    by_unit: dict[tuple[LearnerId, str], list[Attempt]] = defaultdict(list)
    for attempt in found:
        by_unit[attempt.learner_id, attempt.unit_key].append(attempt)
    summaries: defaultdict[LearnerId, dict[str, AttemptSummary]] = defaultdict(dict)
    for (learner_id, unit_key), tried in by_unit.items():
        summaries[learner_id][unit_key] = attempt_summary.summarise_attempts(tried)
    return summaries


def _fold_patterns(
    course_key: str,
    learner_ids: Sequence[LearnerId],
    changes: DayChanges,
    *,
    whole: AbstractSet[LearnerId],
    made: Mapping[LearnerId, RecomputedDays],
) -> None:
    mine = set(learner_ids)
    changed: list[tuple[int, CourseDayRow]] = [
        (sign, row)
        for sign, rows in ((-1, changes.days_before), (1, changes.days_after))
        for row in rows
        if row.learner_id in mine and row.learner_id not in whole
    ]
    concerned = {row.learner_id for _, row in changed} | whole
    stored = _stored(LearnerPattern, course_key, concerned)
    names = ["learner_id", "day", "hours", "transitions"]
    unread = LearnerCourseDay.objects.filter(course_key=course_key, learner_id__in=whole - made.keys())
    stored_days = bulk_read.iter_values(unread, *names)
    made_days = (
        (row.learner_id, row.day, row.hours, row.transitions)
        for each in made.values()
        for row in each.courses
    )
    wanted: dict[LearnerId, tuple[patterns.Hours, patterns.TransitionCounts]] = {
        learner_id: (dict(hours), dict(transitions))
        for _, learner_id, _, hours, transitions in stored
        if learner_id not in whole
    }
    parts = ((sign, row.learner_id, row.day, row.hours, row.transitions) for sign, row in changed)
    for sign, learner_id, day, hours, transitions in chain(
        ((1, *row) for row in chain(stored_days, made_days)), parts
    ):
        week, total = wanted.setdefault(learner_id, ({}, {}))
        patterns.add_hours(week, day, hours, sign=sign)
        patterns.add_transitions(total, transitions, sign=sign)
    rows = [
        (learner_id, course_key, week, total) for learner_id, (week, total) in wanted.items() if week or total
    ]
    sync_known_rows(LearnerPattern, stored=stored, wanted=rows, key=["learner_id"])
