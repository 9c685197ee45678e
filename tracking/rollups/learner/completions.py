"""Announce what learners have newly completed: units, and the modules and courses that these complete."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import NamedTuple

from tracking import signals
from tracking.definitions import modules, states
from tracking.events import LearnerId
from tracking.models import LearnerUnit, UnitState
from tracking.rollups.learner.unit_rows import OutlineWalk, UnitRow

CurrentRows = Mapping[LearnerId, Mapping[str, UnitRow]]
"""Stored rows, by learner and unit."""
Wanted = Mapping[LearnerId, Sequence[UnitRow]]
"""The rows of each learner, in the order of the outline."""


class CompletedWhole(NamedTuple):
    """A module, or with an empty ``unit_key`` the course, of which a learner has completed every required unit."""

    learner_id: LearnerId
    course_key: str
    unit_key: str
    last_at: datetime | None


def announce_completions(
    current: CurrentRows, wanted: Wanted, changed: Sequence[UnitRow], units: OutlineWalk
) -> None:
    """Announce what is completed in ``changed`` and was not in ``current``.

    ``wanted`` contains the rows of each learner as they will be; ``changed`` those of them that differ from the stored
    ones.
    """
    completed = [row for row in changed if _is_new(current, row)]
    if not completed:
        return
    signals.units_completed.send(sender=LearnerUnit, units=completed)
    if signals.modules_completed.has_listeners(LearnerUnit):
        required_units = _required_units(units)
        found = [
            each
            for learner_id in dict.fromkeys(row.learner_id for row in completed)
            for each in _completions(
                current, {row.unit_key: row for row in wanted[learner_id]}, required_units, units.locked
            )
        ]
        if found:
            signals.modules_completed.send(sender=LearnerUnit, modules=found)


def _is_new(current: CurrentRows, row: UnitRow) -> bool:
    if row.state != UnitState.COMPLETED:
        return False
    before = current[row.learner_id].get(row.unit_key)
    return before is None or before.state != UnitState.COMPLETED


def _required_units(units: OutlineWalk) -> dict[str, set[str]]:
    """Return the required units of each module, and under an empty key those of the course."""
    parents = {unit.unit_key: unit for unit in units.outline}
    required_units: dict[str, set[str]] = {}
    for unit in units.backwards:
        if unit.unit_key in units.required:
            for module in modules.modules_above(unit, parents):
                required_units.setdefault(module, set()).add(unit.unit_key)
    return {**required_units, "": set(units.required)}


def _completions(
    current: CurrentRows,
    rows: Mapping[str, UnitRow],
    required_units: Mapping[str, set[str]],
    locked: AbstractSet[str],
) -> Iterator[CompletedWhole]:
    first_row = next(iter(rows.values()))
    before = current[first_row.learner_id]
    for module_key, unit_keys in required_units.items():
        required_rows = [rows.get(unit_key) for unit_key in unit_keys - locked]
        counting = [row for row in required_rows if row is None or row.state not in states.NOT_COUNTED]
        if (
            counting
            and _are_completed(counting)
            and not _are_completed(before.get(row.unit_key) for row in counting if row)
        ):
            last_at = max((row.last_at for row in counting if row and row.last_at), default=None)
            yield CompletedWhole(first_row.learner_id, first_row.course_key, module_key, last_at)


def _are_completed(rows: Iterable[UnitRow | None]) -> bool:
    return all(row is not None and row.state == UnitState.COMPLETED for row in rows)
