"""Where one learner stands with each lesson and quiz of a course, and with its modules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tracking.events import UnitKind
from tracking.models import LearnerUnit, OutlineUnit, UnitState
from tracking.reports.course import units as course_units
from tracking.rollups.course import expected_time

DONE = (UnitState.COMPLETED, UnitState.SUBMITTED)

GAP_STATES = (UnitState.SKIPPED, UnitState.SKIMMED, UnitState.BOUNCED)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitProgress:
    """One lesson or quiz as the learner has it. Times are in seconds, shares from 0 to 1."""

    key: str
    title: str
    kind: str
    url: str
    state: UnitState
    is_required: bool
    active_seconds: int
    estimated_seconds: int
    """Time without a browser's measurement behind it; never part of ``active_seconds``."""
    expected_seconds: int | None
    """As the host says."""
    class_median_seconds: int | None
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
    state: UnitState | None
    """``None`` where the module holds nothing required: then it is neither complete nor not."""
    completed_count: int
    required_count: int
    active_seconds: int
    units: tuple[UnitProgress, ...]


def unit_progress(unit: OutlineUnit, row: LearnerUnit | None, *, now: datetime) -> UnitProgress:
    """Return a unit of ``expected_time.annotate_class_median`` as the learner has it; ``row`` is ``None`` where nothing is known."""
    row = row or LearnerUnit(state=UnitState.NOT_REACHED)
    return UnitProgress(
        key=unit.unit_key,
        title=unit.title,
        kind=unit.kind,
        url=unit.url,
        state=UnitState(row.state) if unit.is_available else UnitState.LOCKED,
        is_required=unit.is_required,
        active_seconds=_seconds(row.active_ms),
        estimated_seconds=_seconds(row.estimated_ms),
        expected_seconds=unit.expected_seconds,
        class_median_seconds=expected_time.annotated_class_median(unit),
        view_count=row.view_count + row.access_count,
        attempt_count=row.attempt_count,
        first_share=row.first_share,
        best_share=row.best_share,
        last_share=row.last_share,
        due_at=unit.due_at,
        is_overdue=unit.due_at is not None and unit.due_at < now,
        last_at=row.last_at,
    )


def group_by_module(
    units: Sequence[OutlineUnit], progress: Mapping[str, UnitProgress]
) -> tuple[ModuleProgress, ...]:
    """Return the modules in order, each with the units below it at any depth that are nearest to it."""
    parents = {unit.unit_key: unit for unit in units}
    of_module: dict[str, list[UnitProgress]] = {}
    for unit in units:
        if unit.kind == UnitKind.MODULE:
            of_module.setdefault(unit.unit_key, [])
        else:
            of_module.setdefault(course_units.nearest_module_key(unit, parents), []).append(
                progress[unit.unit_key]
            )
    return tuple(
        _module(key, parents[key].title if key in parents else "", found)
        for key, found in of_module.items()
        if found
    )


def _module(key: str, title: str, units: Sequence[UnitProgress]) -> ModuleProgress:
    counted = [each for each in units if counts_for_progress(each)]
    completed = sum(each.state is UnitState.COMPLETED for each in counted)
    return ModuleProgress(
        key=key,
        title=title,
        state=module_state([each.state for each in counted]),
        completed_count=completed,
        required_count=len(counted),
        active_seconds=sum(each.active_seconds for each in units),
        units=tuple(units),
    )


def module_state(states: Collection[UnitState]) -> UnitState | None:
    """Return where a learner stands with a module, from the states of its units that count; ``None`` without any."""
    if not states:
        return None
    different = set(states)
    if different == {UnitState.COMPLETED}:
        return UnitState.COMPLETED
    if different <= {UnitState.SKIPPED, UnitState.NOT_REACHED}:
        return UnitState.SKIPPED if UnitState.SKIPPED in different else UnitState.NOT_REACHED
    return UnitState.IN_PROGRESS


def counts_for_progress(unit: UnitProgress) -> bool:
    """Return whether the unit is in the denominator of the learner's progress."""
    return unit.is_required and unit.state not in (UnitState.LOCKED, UnitState.EXCUSED)


def due_units(units: Iterable[UnitProgress]) -> tuple[UnitProgress, ...]:
    """Return what has a due date and is not done: what is to come before what is overdue, the earliest first."""
    waiting = [
        each
        for each in units
        if each.due_at is not None and counts_for_progress(each) and each.state not in DONE
    ]
    return tuple(sorted(waiting, key=lambda each: (each.is_overdue, each.due_at)))


def find_gaps(units: Iterable[UnitProgress]) -> tuple[UnitProgress, ...]:
    """Return the required units that were skipped, skimmed, or opened briefly."""
    return tuple(each for each in units if each.state in GAP_STATES and each.is_required)


def next_unit(units: Sequence[UnitProgress], last_unit_key: str) -> UnitProgress | None:
    """Return where to go on: the last unit if it is not done, else the next open one, then the first.

    What was handed in is done, whatever comes of it: there is nothing to go on with until it is graded.
    """
    keys = [unit.key for unit in units]
    start = keys.index(last_unit_key) if last_unit_key in keys else 0
    in_order = [*units[start:], *units[:start]]
    return next((each for each in in_order if counts_for_progress(each) and each.state not in DONE), None)


def _seconds(milliseconds: int) -> int:
    return round(milliseconds / 1000)
