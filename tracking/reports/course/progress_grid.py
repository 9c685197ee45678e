"""The progress grid: the state of each learner in each unit, one page of learners and one module at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracking import lms
from tracking.definitions import modules, states
from tracking.events import Purpose, UnitKind
from tracking.models import CourseOutline, Enrolment, LearnerUnit, OutlineUnit, UnitState
from tracking.privacy import consent
from tracking.rollups import freshness
from tracking.rollups.freshness import Freshness

WIDEST = 40
"""The maximum number of columns: a module with more units is shown in parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GridColumn:
    """One module, or one unit of a module."""

    key: str
    title: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GridCell:
    """The state of one learner in one column; ``None`` if it is not shared, or nothing is required.

    The state of a module covers all its units, at any depth.

    ``completed_count`` and ``required_count`` are of a module; for a unit they are 0.
    """

    state: UnitState | None
    is_shared: bool
    completed_count: int = 0
    required_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRow:
    """One learner with a cell for each column."""

    learner_id: Any
    name: str
    group_key: str
    group_title: str
    cells: tuple[GridCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GridLearner:
    """One learner of the class, before anything is read about them."""

    learner_id: Any
    name: str
    group_key: str
    group_title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressGrid:
    """The columns of a grid and the learners who can be in it; ``grid_rows`` reads the cells of a part of it."""

    course: CourseOutline
    freshness: Freshness
    units: Mapping[str, OutlineUnit]
    module_key: str | None
    """The module whose units are the columns; ``None`` if the columns are the modules."""
    columns: tuple[GridColumn, ...]
    modules: tuple[GridColumn, ...]
    learners: tuple[GridLearner, ...]
    """By name."""


def open_grid(course_key: str, *, now: datetime, module_key: str | None = None) -> ProgressGrid | None:
    """Return the grid of a course, or ``None`` if the course is unknown. Three queries.

    With ``module_key`` the columns are the units of that module; an unknown module has none.
    """
    course_now = freshness.read_course_freshness(course_key)
    if course_now is None:
        return None
    units = {
        unit.unit_key: unit for unit in OutlineUnit.objects.filter(course_key=course_key).order_by("position")
    }
    found = _modules(units)
    if module_key is None and len(found) == 1:
        module_key = found[0].key
    return ProgressGrid(
        course=course_now.outline,
        freshness=freshness.course_freshness(course_now, now=now),
        units=units,
        module_key=module_key,
        columns=found if module_key is None else _units_of(module_key, units),
        modules=found,
        learners=_learners(course_key),
    )


def grid_rows(
    sheet: ProgressGrid, learners: Sequence[GridLearner], columns: Sequence[GridColumn]
) -> tuple[GridRow, ...]:
    """Return the rows of ``learners`` in ``columns`` of ``sheet``. Two queries."""
    ids = [each.learner_id for each in learners]
    standing = _states(sheet, ids, columns)
    sharing = consent.learners_covered(ids, Purpose.ENGAGEMENT, course_key=sheet.course.course_key)
    below: defaultdict[str, list[OutlineUnit]] = defaultdict(list)
    for unit in sheet.units.values():
        if unit.kind != UnitKind.MODULE and unit.is_available:
            for key in modules.module_keys(unit, sheet.units):
                below[key].append(unit)
    return tuple(
        GridRow(
            learner_id=learner.learner_id,
            name=learner.name,
            group_key=learner.group_key,
            group_title=learner.group_title,
            cells=tuple(
                _module_cell(
                    below[column.key], standing[learner.learner_id], is_shared=learner.learner_id in sharing
                )
                if sheet.module_key is None
                else _unit_cell(
                    sheet.units[column.key],
                    standing[learner.learner_id].get(column.key),
                    is_shared=learner.learner_id in sharing,
                )
                for column in columns
            ),
        )
        for learner in learners
    )


def learners_in_state(
    course_key: str, state: str, *, module_key: str | None = None, unit_key: str | None = None
) -> set[Any]:
    """Return the ids of the learners with ``state`` in any unit of a course or module, or in one unit.

    A learner whose cell is not shared is left out. At most three queries.
    """
    units = {unit.unit_key: unit for unit in OutlineUnit.objects.filter(course_key=course_key)}
    found = LearnerUnit.objects.filter(course_key=course_key, state=state)
    if unit_key is not None:
        found = found.filter(unit_key=unit_key)
    if module_key is not None:
        found = found.filter(unit_key__in=[column.key for column in _units_of(module_key, units)])
    standing = list(found.values_list("learner_id", "unit_key"))
    sharing = consent.learners_covered(
        {learner_id for learner_id, _ in standing}, Purpose.ENGAGEMENT, course_key=course_key
    )
    return {
        learner_id
        for learner_id, key in standing
        if _is_known(units.get(key), UnitState(state), is_shared=learner_id in sharing)
    }


def _modules(units: Mapping[str, OutlineUnit]) -> tuple[GridColumn, ...]:
    keys = dict.fromkeys(
        modules.nearest_module_key(unit, units)
        for unit in units.values()
        if unit.kind != UnitKind.MODULE and unit.is_available
    )
    return tuple(
        GridColumn(key=key, title=units[key].title if key in units else "", kind=UnitKind.MODULE)
        for key in keys
    )


def _units_of(module_key: str, units: Mapping[str, OutlineUnit]) -> tuple[GridColumn, ...]:
    return tuple(
        GridColumn(key=unit.unit_key, title=unit.title, kind=unit.kind)
        for unit in units.values()
        if unit.kind != UnitKind.MODULE
        and unit.is_available
        and modules.nearest_module_key(unit, units) == module_key
    )


def _learners(course_key: str) -> tuple[GridLearner, ...]:
    adapter = lms.get_adapter()
    found = [
        GridLearner(
            learner_id=each.learner_id,
            name=adapter.display_name(each.learner),
            group_key=each.group_key,
            group_title=each.group_title,
        )
        for each in Enrolment.objects.filter(course_key=course_key).select_related("learner")
    ]
    return tuple(sorted(found, key=lambda each: (each.name.casefold(), str(each.learner_id))))


def _states(
    sheet: ProgressGrid, learner_ids: Collection[Any], columns: Sequence[GridColumn]
) -> defaultdict[Any, dict[str, UnitState]]:
    # Tuples, not instances: a download may cover a class of 500 learners in 200 lessons, which is 100,000 rows.
    found = LearnerUnit.objects.filter(course_key=sheet.course.course_key, learner_id__in=learner_ids)
    if sheet.module_key is not None:
        found = found.filter(unit_key__in=[column.key for column in columns])
    standing: defaultdict[Any, dict[str, UnitState]] = defaultdict(dict)
    for learner_id, unit_key, state in found.values_list("learner_id", "unit_key", "state"):
        standing[learner_id][unit_key] = UnitState(state)
    return standing


def _unit_cell(unit: OutlineUnit, state: UnitState | None, *, is_shared: bool) -> GridCell:
    state = state or UnitState.NOT_REACHED
    is_known = _is_known(unit, state, is_shared=is_shared)
    return GridCell(state=state if is_known else None, is_shared=is_known)


def _is_known(unit: OutlineUnit | None, state: UnitState, *, is_shared: bool) -> bool:
    return states.is_shown(state, unit.kind if unit else "", is_shared=is_shared)


def _module_cell(
    units: Sequence[OutlineUnit], standing: Mapping[str, UnitState], *, is_shared: bool
) -> GridCell:
    found = [(unit, standing.get(unit.unit_key, UnitState.NOT_REACHED)) for unit in units]
    counted = [
        state for unit, state in found if states.counts_for_progress(state, is_required=unit.is_required)
    ]
    state = states.module_state(counted)
    is_known = is_shared or state is UnitState.COMPLETED
    return GridCell(
        state=state if is_known else None,
        is_shared=is_known,
        completed_count=counted.count(UnitState.COMPLETED),
        required_count=len(counted),
    )
