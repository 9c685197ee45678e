"""What belongs to a module: every lesson and quiz below it, at any depth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from tracking.events import UnitKind


class PlacedUnit(Protocol):
    """A unit of an outline, as ``models.OutlineUnit`` has it."""

    unit_key: str
    parent_key: str
    kind: str
    is_available: bool
    is_required: bool


def modules_above(unit: PlacedUnit, units: Mapping[str, PlacedUnit]) -> Iterator[str]:
    """Yield the keys of the modules that ``unit`` belongs to, the nearest first."""
    seen = {unit.unit_key}
    above = units.get(unit.parent_key)
    # A host may say that two units hold each other.
    while above is not None and above.unit_key not in seen:
        seen.add(above.unit_key)
        if above.kind == UnitKind.MODULE:
            yield above.unit_key
        above = units.get(above.parent_key)


def nearest_module_key(unit: PlacedUnit, units: Mapping[str, PlacedUnit]) -> str:
    """Return the key of the module under which pages list ``unit``; empty if it belongs to none."""
    return next(modules_above(unit, units), "")


def module_keys(unit: PlacedUnit, units: Mapping[str, PlacedUnit]) -> tuple[str, ...]:
    """Return the keys of all modules whose figures ``unit`` is in.

    What belongs to no module is together in one without a key, as pages list it.
    """
    return tuple(modules_above(unit, units)) or ("",)


def is_asked_for(unit: PlacedUnit) -> bool:
    """Return whether ``unit`` is a lesson or quiz that counts for progress, unless a learner is excused from it."""
    return unit.kind != UnitKind.MODULE and unit.is_available and unit.is_required
