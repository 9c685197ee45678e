"""Where each learner stands with each unit: day rows and attempts, put together over the outline."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import IntegerField, Max, Min, Sum
from django.db.models.functions import Cast

from tracking import conf
from tracking.events import Purpose, UnitKind
from tracking.models import (
    Attempt,
    Enrolment,
    LearnerCourse,
    LearnerCourseDay,
    LearnerUnit,
    LearnerUnitDay,
    OutlineUnit,
    State,
)
from tracking.privacy import consent
from tracking.rollups import attempt_facts, states
from tracking.rollups.row_sets import set_rows
from tracking.rollups.states import UnitFacts

TIMES = ("active_ms", "visible_ms", "media_ms", "estimated_ms")
COUNTED = (State.COMPLETED, State.SKIPPED, State.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Terms:
    """On what terms somebody learns."""

    is_shared: bool
    enrolled_at: datetime | None


def fold(course_key: str, learner_ids: Sequence[Any], *, now: datetime) -> None:
    """Set the unit rows and the course row of each learner in one course.

    The caller holds the lock on these learners in this course.
    """
    outline = list(OutlineUnit.objects.filter(course_key=course_key).order_by("position"))
    totals = _unit_totals(course_key, learner_ids)
    attempts = _attempts(course_key, learner_ids)
    terms = _terms(course_key, learner_ids)
    units: list[LearnerUnit] = []
    courses: list[LearnerCourse] = []
    for learner_id, course_totals in _course_totals(course_key, learner_ids).items():
        rows = _unit_rows(outline, totals[learner_id], attempts[learner_id], terms=terms[learner_id], now=now)
        for row in rows:
            row.learner_id, row.course_key = learner_id, course_key
        units += [row for row in rows if row.state not in (State.NOT_REACHED, State.LOCKED, State.EXEMPT)]
        course = _course_row(outline, rows, course_totals)
        course.learner_id, course.course_key, course.rolled_up_at = learner_id, course_key, now
        courses.append(course)
    head = {"course_key": course_key, "learner_id__in": learner_ids}
    stored = LearnerUnit.objects.filter(**head)
    set_rows(LearnerUnit, stored=stored, wanted=units, key=["learner_id", "unit_key"])
    set_rows(LearnerCourse, stored=LearnerCourse.objects.filter(**head), wanted=courses, key=["learner_id"])


def _unit_rows(
    outline: Sequence[OutlineUnit],
    totals: dict[str, dict[str, Any]],
    attempts: dict[str, attempt_facts.Summary],
    *,
    terms: _Terms,
    now: datetime,
) -> list[LearnerUnit]:
    """Return a row for each lesson and quiz of the outline, in its order."""
    rules = conf.get_settings()
    rows: list[LearnerUnit] = []
    is_later_engaged = False
    for unit in reversed(outline):
        if unit.kind == UnitKind.MODULE:
            continue
        mine = totals.get(unit.unit_key, {})
        summary = attempts.get(unit.unit_key, attempt_facts.NONE)
        facts = replace(
            _facts(unit, mine, summary),
            is_later_engaged=is_later_engaged,
            is_due_passed=_is_overdue(unit, terms, now=now),
            is_shared=terms.is_shared,
        )
        rows.append(_unit_row(unit, states.state_of(facts, rules), mine, summary))
        # Opening an optional unit out of turn does not mean that everything before it was passed over.
        is_later_engaged = is_later_engaged or (unit.is_required and states.is_engaged(facts, rules))
    return rows[::-1]


def _facts(unit: OutlineUnit, mine: dict[str, Any], summary: attempt_facts.Summary) -> UnitFacts:
    return UnitFacts(
        kind=UnitKind(unit.kind),
        is_available=unit.is_available,
        is_required=unit.is_required,
        is_host_completed=mine.get("is_completed", False),
        is_opened=bool(mine.get("view_count") or mine.get("access_count")),
        has_time=not mine or bool(mine["view_count"]),
        active_ms=mine.get("active_ms", 0) + mine.get("estimated_ms", 0),
        scroll_percent=mine.get("scroll_percent", 0),
        expected_seconds=unit.expected_seconds or conf.get_settings().DEFAULT_EXPECTED_SECONDS,
        attempts=summary.facts,
    )


def _is_overdue(unit: OutlineUnit, terms: _Terms, *, now: datetime) -> bool:
    """Return whether ``unit`` was due; what was due before somebody came was never due for them."""
    if unit.due_at is None or unit.due_at >= now:
        return False
    return terms.enrolled_at is None or terms.enrolled_at < unit.due_at


def _unit_row(
    unit: OutlineUnit, state: State, mine: dict[str, Any], summary: attempt_facts.Summary
) -> LearnerUnit:
    moments = [moment for moment in (mine.get("first_at"), summary.first_at) if moment]
    last_moments = [moment for moment in (mine.get("last_at"), summary.last_at) if moment]
    return LearnerUnit(
        unit_key=unit.unit_key,
        state=state,
        **{name: mine.get(name, 0) for name in (*TIMES, "view_count", "access_count", "scroll_percent")},
        attempt_count=summary.facts.submitted_count,
        first_share=summary.first_share,
        best_share=summary.best_share,
        last_share=summary.last_share,
        is_passed_first=summary.is_passed_first,
        is_passed=summary.facts.is_passed,
        first_at=min(moments, default=None),
        last_at=max(last_moments, default=None),
    )


def _course_row(
    outline: Sequence[OutlineUnit], rows: Sequence[LearnerUnit], totals: dict[str, Any]
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


def _terms(course_key: str, learner_ids: Sequence[Any]) -> dict[Any, _Terms]:
    sharing = consent.covered(learner_ids, Purpose.ENGAGEMENT)
    enrolments = Enrolment.objects.filter(course_key=course_key, learner_id__in=learner_ids)
    enrolled_at = dict(enrolments.values_list("learner_id", "enrolled_at"))
    return {
        learner_id: _Terms(is_shared=learner_id in sharing, enrolled_at=enrolled_at.get(learner_id))
        for learner_id in learner_ids
    }


def _unit_totals(course_key: str, learner_ids: Sequence[Any]) -> dict[Any, dict[str, dict[str, Any]]]:
    rows: Any = (  # the stubs know no annotation whose name is made up here
        LearnerUnitDay.objects.filter(course_key=course_key, learner_id__in=learner_ids)
        .values("learner_id", "unit_key")
        .annotate(
            **{f"{name}_total": Sum(name) for name in (*TIMES, "view_count", "access_count")},
            scroll=Max("scroll_percent"),
            completed=Max(Cast("is_completed", IntegerField())),
            first=Min("first_at"),
            last=Max("last_at"),
        )
    )
    totals: dict[Any, dict[str, dict[str, Any]]] = defaultdict(dict)
    for row in rows:
        mine = {name: row[f"{name}_total"] for name in (*TIMES, "view_count", "access_count")}
        mine |= {
            "scroll_percent": row["scroll"],
            "is_completed": bool(row["completed"]),
            "first_at": row["first"],
            "last_at": row["last"],
        }
        totals[row["learner_id"]][row["unit_key"]] = mine
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
