"""How a figure is spread over learners: percentiles, because a mean hides who is far off."""

from __future__ import annotations

from dataclasses import dataclass

from tracking import conf
from tracking.models import CourseDay, CourseWeek, GroupDay, GroupUnitStats, ModuleStats, UnitStats


@dataclass(frozen=True, slots=True, kw_only=True)
class TimePercentiles:
    """Active time in seconds over the learners who have any."""

    learner_count: int
    p25_seconds: int
    median_seconds: int
    p75_seconds: int
    p90_seconds: int


def time_percentiles(
    row: CourseDay | CourseWeek | GroupDay | GroupUnitStats | ModuleStats | UnitStats,
) -> TimePercentiles | None:
    """Return the spread that ``row`` holds, or ``None`` where fewer learners stand behind it than may be shown."""
    if row.timed_count < conf.get_settings().MIN_GROUP_SIZE or row.median_active_ms is None:
        return None
    return TimePercentiles(
        learner_count=row.timed_count,
        p25_seconds=_seconds(row.p25_active_ms),
        median_seconds=_seconds(row.median_active_ms),
        p75_seconds=_seconds(row.p75_active_ms),
        p90_seconds=_seconds(row.p90_active_ms),
    )


def _seconds(milliseconds: int | None) -> int:
    return round((milliseconds or 0) / 1000)
