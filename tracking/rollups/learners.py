"""Where each learner stands with each unit: day rows and attempts, put together over the outline."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import IntegerField, Max, Min, Sum
from django.db.models.functions import Cast

from tracking import signals
from tracking.events import Purpose
from tracking.models import (
    Action,
    Attempt,
    Enrolment,
    LearnerCourse,
    LearnerCourseDay,
    LearnerPattern,
    LearnerUnit,
    LearnerUnitDay,
    OutlineUnit,
    State,
    Verb,
)
from tracking.privacy import consent
from tracking.rollups import attempt_facts, patterns, unit_rows
from tracking.rollups.patterns import Hours, Steps
from tracking.rollups.row_sets import set_rows
from tracking.rollups.unit_rows import Terms, Totals, UnitRow

SUMMED = ("active_ms", "visible_ms", "media_ms", "estimated_ms", "view_count", "access_count")
COUNTED = (State.COMPLETED, State.SKIPPED, State.FAILED)


def fold(course_key: str, learner_ids: Sequence[Any], *, now: datetime) -> None:
    """Set the unit rows and the course row of each learner in one course.

    The caller holds the lock on these learners in this course.
    """
    outline = list(OutlineUnit.objects.filter(course_key=course_key).order_by("position"))
    totals = _unit_totals(course_key, learner_ids)
    attempts = _attempts(course_key, learner_ids)
    terms = _terms(course_key, learner_ids)
    units: list[UnitRow] = []
    courses: list[LearnerCourse] = []
    for learner_id, course_totals in _course_totals(course_key, learner_ids).items():
        rows = unit_rows.of_learner(
            outline, totals[learner_id], attempts[learner_id], terms=terms[learner_id], now=now
        )
        units += [row for row in rows if row.state not in (State.NOT_REACHED, State.LOCKED)]
        course = _course_row(outline, rows, course_totals)
        course.learner_id, course.course_key, course.rolled_up_at = learner_id, course_key, now
        courses.append(course)
    head = {"course_key": course_key, "learner_id__in": learner_ids}
    stored = list(LearnerUnit.objects.filter(**head))
    _announce_completed(stored, units)
    set_rows(LearnerUnit, stored=stored, wanted=units, key=["learner_id", "unit_key"])
    set_rows(LearnerCourse, stored=LearnerCourse.objects.filter(**head), wanted=courses, key=["learner_id"])
    _fold_patterns(course_key, learner_ids)


def _fold_patterns(course_key: str, learner_ids: Sequence[Any]) -> None:
    head = {"course_key": course_key, "learner_id__in": learner_ids}
    found: dict[Any, list[tuple[Any, Hours, Steps]]] = defaultdict(list)
    rows = LearnerCourseDay.objects.filter(**head).values_list("learner_id", "day", "hours", "steps")
    for learner_id, day, hours, steps in rows.iterator(2000):
        found[learner_id].append((day, hours, steps))
    wanted = [
        LearnerPattern(
            learner_id=learner_id,
            course_key=course_key,
            hours=patterns.hours_of_week((day, hours) for day, hours, _ in of_learner),
            steps=patterns.all_steps(steps for _, _, steps in of_learner),
        )
        for learner_id, of_learner in found.items()
    ]
    stored = LearnerPattern.objects.filter(**head)
    set_rows(LearnerPattern, stored=stored, wanted=wanted, key=["learner_id"])


def _announce_completed(stored: Iterable[LearnerUnit], units: Iterable[UnitRow]) -> None:
    before = {(row.learner_id, row.unit_key) for row in stored if row.state == State.COMPLETED}
    completed = [
        row for row in units if row.state == State.COMPLETED and (row.learner_id, row.unit_key) not in before
    ]
    if completed:
        signals.units_completed.send(sender=LearnerUnit, units=completed)


def _course_row(
    outline: Sequence[OutlineUnit], rows: Sequence[UnitRow], totals: dict[str, Any]
) -> LearnerCourse:
    required = {unit.unit_key for unit in outline if unit.is_required}
    counted = [
        row for row in rows if row.unit_key in required and row.state not in (State.LOCKED, State.EXEMPT)
    ]
    last_at, last_unit_key = max(
        ((row.last_at, row.unit_key) for row in rows if row.last_at), default=(None, "")
    )
    counts = {state: sum(row.state == state for row in counted) for state in COUNTED}
    return LearnerCourse(
        active_ms=totals["active_ms"],
        estimated_ms=totals["estimated_ms"],
        required_count=len(counted),
        completed_count=counts[State.COMPLETED],
        skipped_count=counts[State.SKIPPED],
        failed_count=counts[State.FAILED],
        attempt_count=sum(row.attempt_count for row in rows),
        last_unit_key=last_unit_key,
        first_at=min((row.first_at for row in rows if row.first_at), default=None),
        last_at=last_at,
    )


def _terms(course_key: str, learner_ids: Sequence[Any]) -> dict[Any, Terms]:
    sharing = consent.covered(learner_ids, Purpose.ENGAGEMENT, course_key=course_key)
    head = {"course_key": course_key, "learner_id__in": learner_ids}
    enrolments = {row.learner_id: row for row in Enrolment.objects.filter(**head)}
    exempt: dict[Any, set[str]] = defaultdict(set)
    for learner_id, row in enrolments.items():
        exempt[learner_id] |= set(row.exempt_unit_keys)
    excuses = Action.objects.standing().filter(**head, verb=Verb.EXCUSED)
    for learner_id, unit_key in excuses.values_list("learner_id", "unit_key"):
        exempt[learner_id].add(unit_key)
    return {
        learner_id: Terms(
            learner_id=learner_id,
            course_key=course_key,
            is_shared=learner_id in sharing,
            enrolled_at=enrolments[learner_id].enrolled_at if learner_id in enrolments else None,
            exempt_unit_keys=frozenset(exempt[learner_id]),
        )
        for learner_id in learner_ids
    }


def _unit_totals(course_key: str, learner_ids: Sequence[Any]) -> dict[Any, dict[str, Totals]]:
    rows: Any = (  # the stubs know no annotation whose name is made up here
        LearnerUnitDay.objects.filter(course_key=course_key, learner_id__in=learner_ids)
        .values("learner_id", "unit_key")
        .annotate(
            **{f"{name}_total": Sum(name) for name in SUMMED},
            scroll=Max("scroll_percent"),
            completed=Max(Cast("is_completed", IntegerField())),
            first=Min("first_at"),
            last=Max("last_at"),
        )
    )
    totals: dict[Any, dict[str, Totals]] = defaultdict(dict)
    for row in rows:
        totals[row["learner_id"]][row["unit_key"]] = Totals(
            **{name: row[f"{name}_total"] for name in SUMMED},
            scroll_percent=row["scroll"],
            is_completed=bool(row["completed"]),
            first_at=row["first"],
            last_at=row["last"],
        )
    return totals


def _course_totals(course_key: str, learner_ids: Sequence[Any]) -> dict[Any, dict[str, Any]]:
    totals = {learner_id: {"active_ms": 0, "estimated_ms": 0} for learner_id in learner_ids}
    rows = (
        LearnerCourseDay.objects.filter(course_key=course_key, learner_id__in=learner_ids)
        .values("learner_id")
        .annotate(active=Sum("active_ms"), estimated=Sum("estimated_ms"))
    )
    for row in rows:
        totals[row["learner_id"]] = {"active_ms": row["active"], "estimated_ms": row["estimated"]}
    return totals


def _attempts(course_key: str, learner_ids: Iterable[Any]) -> dict[Any, dict[str, attempt_facts.Summary]]:
    by_unit: dict[Any, dict[str, list[Attempt]]] = defaultdict(lambda: defaultdict(list))
    for attempt in Attempt.objects.filter(course_key=course_key, learner_id__in=list(learner_ids)):
        by_unit[attempt.learner_id][attempt.unit_key].append(attempt)
    summaries: dict[Any, dict[str, attempt_facts.Summary]] = defaultdict(dict)
    for learner_id, units in by_unit.items():
        summaries[learner_id] = {key: attempt_facts.summarise(tried) for key, tried in units.items()}
    return summaries
