"""What learners have completed since the rows were last set: units, and the modules and courses that these complete."""

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

Standing = Mapping[LearnerId, Mapping[str, UnitRow]]
"""Rows as they are stored, by learner and unit."""
Wanted = Mapping[LearnerId, Sequence[UnitRow]]
"""The rows of each learner in the order of the outline."""


class CompletedWhole(NamedTuple):
    """A module, or with an empty ``unit_key`` the course, of which a learner has completed all that is required."""

    learner_id: LearnerId
    course_key: str
    unit_key: str
    last_at: datetime | None


def announce_completions(
    standing: Standing, wanted: Wanted, changed: Sequence[UnitRow], units: OutlineWalk
) -> None:
    """Announce what ``changed`` completes and ``standing`` did not.

    ``wanted`` has the rows of each learner as they will be, ``changed`` those of them that are not stored so.
    """
    completed = [row for row in changed if _is_new(standing, row)]
    if not completed:
        return
    signals.units_completed.send(sender=LearnerUnit, units=completed)
    if signals.modules_completed.has_listeners(LearnerUnit):
        wholes = _wholes(units)
        found = [
            each
            for learner_id in dict.fromkeys(row.learner_id for row in completed)
            for each in _completions(
                standing, {row.unit_key: row for row in wanted[learner_id]}, wholes, units.locked
            )
        ]
        if found:
            signals.modules_completed.send(sender=LearnerUnit, modules=found)


def _is_new(standing: Standing, row: UnitRow) -> bool:
    if row.state != UnitState.COMPLETED:
        return False
    before = standing[row.learner_id].get(row.unit_key)
    return before is None or before.state != UnitState.COMPLETED


def _wholes(units: OutlineWalk) -> dict[str, set[str]]:
    """Return the required units of each module, and under an empty key those of the course."""
    parents = {unit.unit_key: unit for unit in units.outline}
    wholes: dict[str, set[str]] = {}
    for unit in units.backwards:
        if unit.unit_key in units.required:
            for module in modules.modules_above(unit, parents):
                wholes.setdefault(module, set()).add(unit.unit_key)
    return {**wholes, "": set(units.required)}


def _completions(
    standing: Standing, rows: Mapping[str, UnitRow], wholes: Mapping[str, set[str]], locked: AbstractSet[str]
) -> Iterator[CompletedWhole]:
    some = next(iter(rows.values()))
    before = standing[some.learner_id]
    for key, parts in wholes.items():
        counted = [rows.get(part) for part in parts - locked]
        asked = [row for row in counted if row is None or row.state not in states.NOT_COUNTED]
        if (
            asked
            and _are_completed(asked)
            and not _are_completed(before.get(row.unit_key) for row in asked if row)
        ):
            last_at = max((row.last_at for row in asked if row and row.last_at), default=None)
            yield CompletedWhole(some.learner_id, some.course_key, key, last_at)


def _are_completed(rows: Iterable[UnitRow | None]) -> bool:
    return all(row is not None and row.state == UnitState.COMPLETED for row in rows)
