"""The modules of a course over its class."""

from __future__ import annotations

from dataclasses import dataclass

from tracking.definitions import shares
from tracking.definitions.times import TimePercentiles, time_percentiles
from tracking.events import UnitKind
from tracking.models import ModuleStats, OutlineUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleReport:
    """One module over the class; shares are from 0 to 1 and ``None`` if of nothing."""

    key: str
    title: str
    unit_count: int
    """Lessons and quizzes at any depth that are required and open. If 0, the module has no completion."""
    learner_count: int
    reached_share: float | None
    skipped_share: float | None
    completed_share: float | None
    """``None``, too, if ``unit_count`` is 0."""
    active_spread: TimePercentiles | None


def find_modules(course_key: str) -> tuple[ModuleReport, ...]:
    """Return the open modules of a course in its order. Two queries."""
    rows = {row.module_key: row for row in ModuleStats.objects.filter(course_key=course_key)}
    units = OutlineUnit.objects.filter(course_key=course_key, kind=UnitKind.MODULE, is_available=True)
    return tuple(
        _measures(unit, rows.get(unit.unit_key) or ModuleStats()) for unit in units.order_by("position")
    )


def _measures(unit: OutlineUnit, row: ModuleStats) -> ModuleReport:
    return ModuleReport(
        key=unit.unit_key,
        title=unit.title,
        unit_count=row.unit_count,
        learner_count=row.learner_count,
        reached_share=shares.REACHED.of(row),
        skipped_share=shares.SKIPPED.of(row),
        completed_share=shares.MODULE_COMPLETED.of(row),
        active_spread=time_percentiles(row),
    )
