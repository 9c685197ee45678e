"""Where one learner stands with each lesson and quiz of a course, and with its modules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tracking.events import UnitKind
from tracking.insights import unit_measures
from tracking.models import LearnerUnit, OutlineUnit, State
from tracking.rollups import expected

DONE = (State.COMPLETED, State.SUBMITTED)

LEFT_BEHIND = (State.SKIPPED, State.SKIMMED, State.BOUNCED)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitProgress:
    """One lesson or quiz as the learner has it. Times are in seconds, shares from 0 to 1."""

    key: str
    title: str
    kind: str
    url: str
    state: State
    is_required: bool
    active_seconds: int
    estimated_seconds: int
    """Time without a browser's measurement behind it; never part of ``active_seconds``."""
    expected_seconds: int | None
    """As the host says."""
    learned_seconds: int | None
    """What is expected where the host says nothing: as long as the class needs, if it is large enough to tell."""
    view_count: int
    attempt_count: int
    first_share: float | None
    best_share: float | None
    last_share: float | None
    due_at: datetime | None
    is_overdue: bool
    last_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleProgress:
    """One module with its units. Where a course has no modules, all units stand in one without a title."""

    key: str
    title: str
    state: State | None
    """``None`` where the module holds nothing required: then it is neither complete nor not."""
    completed_count: int
    required_count: int
    active_seconds: int
    units: tuple[UnitProgress, ...]


def of_unit(unit: OutlineUnit, row: LearnerUnit | None, *, now: datetime) -> UnitProgress:
    """Return a unit of ``expected.with_median`` as the learner has it; ``row`` is ``None`` where nothing is known."""
    row = row or LearnerUnit(state=State.NOT_REACHED)
    return UnitProgress(
        key=unit.unit_key,
        title=unit.title,
        kind=unit.kind,
        url=unit.url,
        state=State(row.state) if unit.is_available else State.LOCKED,
        is_required=unit.is_required,
        active_seconds=_seconds(row.active_ms),
        estimated_seconds=_seconds(row.estimated_ms),
        expected_seconds=unit.expected_seconds,
        learned_seconds=expected.learned_of(unit),
        view_count=row.view_count + row.access_count,
        attempt_count=row.attempt_count,
        first_share=row.first_share,
        best_share=row.best_share,
        last_share=row.last_share,
        due_at=unit.due_at,
        is_overdue=unit.due_at is not None and unit.due_at < now,
        last_at=row.last_at,
    )


def in_modules(
    units: Sequence[OutlineUnit], progress: Mapping[str, UnitProgress]
) -> tuple[ModuleProgress, ...]:
    """Return the modules in order, each with the units below it at any depth that are nearest to it."""
    parents = {unit.unit_key: unit for unit in units}
    of_module: dict[str, list[UnitProgress]] = {}
    for unit in units:
        if unit.kind == UnitKind.MODULE:
            of_module.setdefault(unit.unit_key, [])
        else:
            of_module.setdefault(unit_measures.module_key(unit, parents), []).append(progress[unit.unit_key])
    return tuple(
        _module(key, parents[key].title if key in parents else "", found)
        for key, found in of_module.items()
        if found
    )


def _module(key: str, title: str, units: Sequence[UnitProgress]) -> ModuleProgress:
    counted = [each for each in units if is_counted(each)]
    completed = sum(each.state is State.COMPLETED for each in counted)
    return ModuleProgress(
        key=key,
        title=title,
        state=module_state([each.state for each in counted]),
        completed_count=completed,
        required_count=len(counted),
        active_seconds=sum(each.active_seconds for each in units),
        units=tuple(units),
    )


def module_state(states: Collection[State]) -> State | None:
    """Return where a learner stands with a module, from the states of its units that count; ``None`` without any."""
    if not states:
        return None
    different = set(states)
    if different == {State.COMPLETED}:
        return State.COMPLETED
    if different <= {State.SKIPPED, State.NOT_REACHED}:
        return State.SKIPPED if State.SKIPPED in different else State.NOT_REACHED
    return State.IN_PROGRESS


def is_counted(unit: UnitProgress) -> bool:
    """Return whether the unit is in the denominator of the learner's progress."""
    return unit.is_required and unit.state not in (State.LOCKED, State.EXEMPT)


def due(units: Iterable[UnitProgress]) -> tuple[UnitProgress, ...]:
    """Return what has a due date and is not done: what is to come before what is overdue, the earliest first."""
    waiting = [
        each for each in units if each.due_at is not None and is_counted(each) and each.state not in DONE
    ]
    return tuple(sorted(waiting, key=lambda each: (each.is_overdue, each.due_at)))


def left_behind(units: Iterable[UnitProgress]) -> tuple[UnitProgress, ...]:
    """Return the required units that were skipped, skimmed, or opened briefly."""
    return tuple(each for each in units if each.state in LEFT_BEHIND and each.is_required)


def continue_with(units: Sequence[UnitProgress], last_unit_key: str) -> UnitProgress | None:
    """Return where to go on: the last unit if it is not done, else the next open one, then the first.

    What was handed in is done, whatever comes of it: there is nothing to go on with until it is graded.
    """
    keys = [unit.key for unit in units]
    start = keys.index(last_unit_key) if last_unit_key in keys else 0
    in_order = [*units[start:], *units[:start]]
    return next((each for each in in_order if is_counted(each) and each.state not in DONE), None)


def _seconds(milliseconds: int) -> int:
    return round(milliseconds / 1000)
