"""One learner's state and figures in each lesson and quiz of a course, and in its modules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tracking.definitions import modules, states, times
from tracking.events import UnitKind
from tracking.models import LearnerUnit, OutlineUnit, UnitState
from tracking.rollups.course import expected_time


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitProgress:
    """One lesson or quiz with the learner's figures. Times are in seconds, shares from 0 to 1."""

    key: str
    title: str
    kind: str
    url: str
    state: UnitState | None
    """``None``, like the times, if the learner does not share their activity: see ``hide_not_shared``."""
    is_required: bool
    active_seconds: int | None
    estimated_seconds: int | None
    """Time that no browser measured; never part of ``active_seconds``."""
    expected_seconds: int | None
    """As the host says."""
    class_median_seconds: int | None
    """The time expected if the host declares none: the class median, if the class is large enough for one."""
    view_count: int | None
    attempt_count: int
    first_share: float | None
    best_share: float | None
    last_share: float | None
    due_at: datetime | None
    is_overdue: bool
    last_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleProgress:
    """One module with its units. If a course has no modules, all units are in one without a title."""

    key: str
    title: str
    state: UnitState | None
    """``None`` if the module has nothing required, so that it has no completion, or if it is not shared."""
    completed_count: int
    """Of ``required_count``: those that count for progress, at any depth; ``units`` are those listed below it."""
    required_count: int
    active_seconds: int | None
    units: tuple[UnitProgress, ...]


def unit_progress(
    unit: OutlineUnit, row: LearnerUnit | None, *, due_at: datetime | None, now: datetime
) -> UnitProgress:
    """Return a unit of ``expected_time.annotate_class_median`` with the learner's figures.

    ``row`` may be ``None``. ``due_at`` is the learner's own due date, else the unit's.
    """
    row = row or LearnerUnit(state=UnitState.NOT_REACHED)
    state = UnitState(row.state) if unit.is_available else UnitState.LOCKED
    return UnitProgress(
        key=unit.unit_key,
        title=unit.title,
        kind=unit.kind,
        url=unit.url,
        state=state,
        is_required=unit.is_required,
        active_seconds=times.whole_seconds(row.active_ms),
        estimated_seconds=times.whole_seconds(row.estimated_ms),
        expected_seconds=unit.expected_seconds,
        class_median_seconds=expected_time.annotated_class_median(unit),
        view_count=row.view_count + row.access_count,
        attempt_count=row.attempt_count,
        first_share=row.first_share,
        best_share=row.best_share,
        last_share=row.last_share,
        due_at=due_at,
        is_overdue=states.is_overdue(state, due_at, now=now),
        last_at=row.last_at,
    )


def group_by_module(
    units: Sequence[OutlineUnit], progress: Mapping[str, UnitProgress]
) -> tuple[ModuleProgress, ...]:
    """Return the modules in order, each with the units that it is the nearest to. Counts include units at any depth."""
    by_key = {unit.unit_key: unit for unit in units}
    listed: defaultdict[str, list[UnitProgress]] = defaultdict(list)
    held: defaultdict[str, list[UnitProgress]] = defaultdict(list)
    order: dict[str, None] = {}
    for unit in units:
        if unit.kind == UnitKind.MODULE:
            order[unit.unit_key] = None
            continue
        keys = modules.module_keys(unit, by_key)
        order.setdefault(keys[0])
        listed[keys[0]].append(progress[unit.unit_key])
        for key in keys:
            held[key].append(progress[unit.unit_key])
    return tuple(
        _module(key, by_key[key].title if key in by_key else "", listed[key], held[key])
        for key in order
        if key in listed
    )


def _module(
    key: str, title: str, listed: Sequence[UnitProgress], held: Sequence[UnitProgress]
) -> ModuleProgress:
    counted = [each.state for each in held if each.state is not None and counts_for_progress(each)]
    return ModuleProgress(
        key=key,
        title=title,
        state=states.module_state(counted),
        completed_count=counted.count(UnitState.COMPLETED),
        required_count=len(counted),
        active_seconds=sum(each.active_seconds or 0 for each in held),
        units=tuple(listed),
    )


def counts_for_progress(unit: UnitProgress) -> bool:
    """Return whether the unit is in the denominator of the learner's progress."""
    return (
        unit.is_required
        if unit.state is None
        else states.counts_for_progress(unit.state, is_required=unit.is_required)
    )


def due_units(units: Iterable[UnitProgress]) -> tuple[UnitProgress, ...]:
    """Return the units with a due date that are not completed: overdue before upcoming ones, earliest first."""
    waiting = [
        each
        for each in units
        if each.due_at is not None and counts_for_progress(each) and each.state not in states.DONE
    ]
    return tuple(sorted(waiting, key=lambda each: (not each.is_overdue, each.due_at)))


def find_gaps(units: Iterable[UnitProgress]) -> tuple[UnitProgress, ...]:
    """Return the required units that were skipped, skimmed, or opened briefly."""
    return tuple(each for each in units if each.state in states.GAPS and each.is_required)


def hide_not_shared(unit: UnitProgress) -> UnitProgress:
    """Return ``unit`` without the figures that are unknown for a learner who does not share their activity."""
    is_shown = unit.state is not None and states.is_shown(unit.state, unit.kind, is_shared=False)
    return replace(
        unit,
        state=unit.state if is_shown else None,
        active_seconds=None,
        estimated_seconds=None,
        view_count=None,
        last_at=None,
    )


def hide_module_not_shared(module: ModuleProgress) -> ModuleProgress:
    """Return ``module`` and its units in the same way."""
    return replace(
        module,
        state=module.state if module.state is UnitState.COMPLETED else None,
        active_seconds=None,
        units=tuple(map(hide_not_shared, module.units)),
    )
