"""Each unit and module of a course over its class, and each unit over each of its groups."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tracking.definitions import modules as module_tree
from tracking.definitions import percentiles, states, times
from tracking.events import LearnerId, UnitKind
from tracking.models import (
    Answer,
    Attempt,
    GroupUnitStats,
    LearnerUnit,
    ModuleStats,
    OutlineUnit,
    UnitState,
    UnitStats,
)
from tracking.rollups.course import stale_expected_time
from tracking.rollups.course.rosters import WHOLE_CLASS, Roster
from tracking.rollups.engine.row_sync import sync_rows
from tracking.storage import bulk_read

ClassUnit = tuple[str, str]
"""A group, or the whole class, and a unit."""


@dataclass(slots=True)
class _Tally:
    """The rows of one unit over a class, piled up for counting."""

    states: list[str] = field(default_factory=list)
    active_ms: list[int] = field(default_factory=list)
    first_shares: list[float] = field(default_factory=list)
    attempted_count: int = 0
    first_passed: list[bool] = field(default_factory=list)
    """Of each learner whose first attempt was passed or failed."""
    passed: list[bool] = field(default_factory=list)
    """Of each learner with such an attempt."""
    answers: list[tuple[LearnerId, bool]] = field(default_factory=list)


@dataclass(slots=True)
class _Module:
    """A module over a class: what it holds, and what each learner has done of that."""

    units: set[str] = field(default_factory=set)
    counted: set[str] = field(default_factory=set)
    states: defaultdict[LearnerId, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """Of what counts; if nothing does, of everything in it."""
    active_ms: Counter[LearnerId] = field(default_factory=Counter)


def set_unit_stats(roster: Roster) -> None:
    """Set the rows of each unit, unit in a group, and module, and mark the learners whose states a figure changes."""
    course_key = roster.course_key
    outline = list(OutlineUnit.objects.filter(course_key=course_key).order_by("position"))
    modules = _modules(outline)
    tallies = _tally(roster, modules)
    for key, answers in _first_answers(roster).items():
        tallies[key].answers = answers
    open_units = [unit.unit_key for unit in outline if unit.is_available and unit.kind != UnitKind.MODULE]
    summaries = [
        (group_key, _figures(course_key, unit_key, size, tallies[group_key, unit_key]))
        for group_key, size in roster.sizes().items()
        for unit_key in open_units
    ]
    sync_rows(
        UnitStats,
        stored=UnitStats.objects.filter(course_key=course_key),
        wanted=[UnitStats(**figures) for group_key, figures in summaries if group_key == WHOLE_CLASS],
        key=["unit_key"],
    )
    stale_expected_time.mark_stale_expected_time(course_key, outline)
    sync_rows(
        GroupUnitStats,
        stored=GroupUnitStats.objects.filter(course_key=course_key),
        wanted=[
            GroupUnitStats(group_key=group_key, **figures)
            for group_key, figures in summaries
            if group_key != WHOLE_CLASS
        ],
        key=["group_key", "unit_key"],
    )
    sync_rows(
        ModuleStats,
        stored=ModuleStats.objects.filter(course_key=course_key),
        wanted=[_module_summary(roster, key, module) for key, module in modules.items()],
        key=["module_key"],
    )


def _modules(outline: Sequence[OutlineUnit]) -> dict[str, _Module]:
    """Return the open modules with what they hold at any depth."""
    modules = {
        unit.unit_key: _Module() for unit in outline if unit.kind == UnitKind.MODULE and unit.is_available
    }
    units = {unit.unit_key: unit for unit in outline}
    for unit in outline:
        if unit.kind == UnitKind.MODULE or not unit.is_available:
            continue
        for key in module_tree.module_keys(unit, units):
            if not key:
                modules.setdefault(key, _Module())
            if key in modules:
                _place(unit, modules[key])
    return modules


def _place(unit: OutlineUnit, module: _Module) -> None:
    module.units.add(unit.unit_key)
    if unit.is_required:
        module.counted.add(unit.unit_key)


def _tally(roster: Roster, modules: dict[str, _Module]) -> defaultdict[ClassUnit, _Tally]:
    """Pile up the rows of the class."""
    tallies: defaultdict[ClassUnit, _Tally] = defaultdict(_Tally)
    modules_of: defaultdict[str, list[_Module]] = defaultdict(list)
    for module in modules.values():
        for unit_key in module.units:
            modules_of[unit_key].append(module)
    rows = bulk_read.iter_values(
        LearnerUnit.objects.filter(course_key=roster.course_key),
        "learner_id", "unit_key", "state", "active_ms", "attempt_count", "first_share", "is_passed_first", "is_passed",
    )  # fmt: skip
    classes = {learner_id: roster.classes_of(learner_id) for learner_id in roster.group_of}
    for learner_id, unit_key, state, active_ms, *tried in rows:
        if learner_id not in classes:
            continue
        for group_key in classes[learner_id]:
            _add(tallies[group_key, unit_key], state, active_ms, tried)
        for module in modules_of[unit_key]:
            _add_to_module(module, learner_id, unit_key, state, active_ms)
    return tallies


def _add(tally: _Tally, state: str, active_ms: int, tried: Sequence[Any]) -> None:
    attempt_count, first_share, is_passed_first, is_passed = tried
    tally.states.append(state)
    if state == UnitState.EXCUSED:
        return
    if active_ms:
        tally.active_ms.append(active_ms)
    if attempt_count:
        tally.attempted_count += 1
        if is_passed_first is not None:
            tally.first_passed.append(is_passed_first)
        if is_passed is not None:
            tally.passed.append(is_passed)
    if first_share is not None:
        tally.first_shares.append(first_share)


def _add_to_module(module: _Module, learner_id: LearnerId, unit_key: str, state: str, active_ms: int) -> None:
    if unit_key in module.counted or not module.counted:
        module.states[learner_id][state] += 1
    if active_ms and state != UnitState.EXCUSED:
        module.active_ms[learner_id] += active_ms


def _first_answers(roster: Roster) -> dict[ClassUnit, list[tuple[LearnerId, bool]]]:
    """Return for each lesson who got the questions that draw on it right, in each learner's first attempt."""
    first: dict[tuple[LearnerId, str], int] = {}
    attempts = Attempt.objects.submitted().filter(course_key=roster.course_key)
    for pk, learner_id, unit_key in attempts.order_by("submitted_at", "source_key").values_list(
        "pk", "learner_id", "unit_key"
    ):
        first.setdefault((learner_id, unit_key), pk)
    learner_of = {pk: learner_id for (learner_id, _), pk in first.items()}
    by_lesson: dict[ClassUnit, list[tuple[LearnerId, bool]]] = defaultdict(list)
    answers = Answer.objects.filter(attempt__in=attempts, is_correct__isnull=False)
    for attempt_id, is_correct, lesson_keys in answers.values_list("attempt_id", "is_correct", "lesson_keys"):
        answering = learner_of.get(attempt_id)
        for group_key in roster.classes_of(answering):
            for lesson_key in lesson_keys:
                by_lesson[group_key, lesson_key].append((answering, bool(is_correct)))
    return by_lesson


def _figures(course_key: str, unit_key: str, learner_count: int, tally: _Tally) -> dict[str, Any]:
    # In order, so that the rounding of a sum does not depend on the order in which the database gave the rows.
    shares = sorted(tally.first_shares)
    spread = percentiles.percentiles_of(shares)
    counts = Counter(tally.states)
    return {
        "course_key": course_key,
        "unit_key": unit_key,
        "learner_count": max(learner_count - counts[UnitState.EXCUSED], 0),
        "reached_count": sum(counts[state] for state in states.REACHED),
        "completed_count": counts[UnitState.COMPLETED],
        "skipped_count": counts[UnitState.SKIPPED],
        "skimmed_count": counts[UnitState.SKIMMED],
        "failed_count": counts[UnitState.FAILED],
        **times.stored_percentiles(tally.active_ms),
        "attempted_count": tally.attempted_count,
        "first_decided_count": len(tally.first_passed),
        "first_passed_count": sum(tally.first_passed),
        "decided_count": len(tally.passed),
        "passed_count": sum(tally.passed),
        "mean_first_share": sum(shares) / len(shares) if shares else None,
        "p25_first_share": spread.p25,
        "median_first_share": spread.median,
        "p75_first_share": spread.p75,
        "p90_first_share": spread.p90,
        "answered_count": len(tally.answers),
        "correct_count": sum(is_correct for _, is_correct in tally.answers),
        "answering_learner_count": len({learner_id for learner_id, _ in tally.answers}),
    }


def _module_summary(roster: Roster, unit_key: str, module: _Module) -> ModuleStats:
    unit_count = len(module.counted)
    excused_count = sum(0 < unit_count == counts[UnitState.EXCUSED] for counts in module.states.values())
    found = [_module_state(counts, unit_count) for counts in module.states.values()]
    return ModuleStats(
        course_key=roster.course_key,
        module_key=unit_key,
        unit_count=unit_count,
        learner_count=len(roster.group_of) - excused_count,
        reached_count=sum(bool(counts.keys() & states.REACHED) for counts in module.states.values()),
        skipped_count=found.count(UnitState.SKIPPED),
        completed_count=found.count(UnitState.COMPLETED),
        **times.stored_percentiles(module.active_ms.values()),
    )


def _module_state(counts: Counter[str], unit_count: int) -> UnitState | None:
    """Return the state of a module for a learner; units without a row are not reached."""
    if not unit_count:
        return None
    untold = [UnitState.NOT_REACHED] if counts.total() < unit_count else []
    return states.module_state([*(UnitState(state) for state in counts.keys() - states.NOT_COUNTED), *untold])
