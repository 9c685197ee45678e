"""What changed in a class since last week: the last seven days compared with the seven before."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum
from typing import Any

from tracking.definitions import times
from tracking.reports.course.active_learners import WeeklyActive
from tracking.reports.course.daily_stats import RecentDays


class WeekMeasure(Enum):
    """The figure that is compared."""

    ACTIVE = "active"
    """Learners active; see ``active_learners``."""
    TIME = "time"
    """Active seconds of the whole class."""
    VIEWS = "views"
    """Lessons and quizzes opened."""
    ATTEMPTS = "attempts"
    """Attempts submitted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekChange:
    """One measure in the last seven days, today among them, and in the seven days before."""

    measure: WeekMeasure
    now: int
    before: int

    @property
    def direction(self) -> str:
        """``more``, ``less`` or ``same``."""
        return "same" if self.now == self.before else "more" if self.now > self.before else "less"


def compare_weeks(
    recent: RecentDays, active: WeeklyActive, *, included: AbstractSet[Any]
) -> tuple[WeekChange, ...]:
    """Return this week compared with last week. No query.

    ``included`` are the learners whom the figures of the class include. Return nothing if none of them was active in
    either week.
    """
    sums = {
        f"{name}_{field}": sum(getattr(row, field) for row in recent.within(week))
        for name, week in (("now", recent.this_week), ("before", recent.last_week))
        for field in ("active_ms", "view_count", "access_count", "attempt_count")
    }
    found = (
        WeekChange(
            measure=WeekMeasure.ACTIVE,
            now=len(active.this_week & included),
            before=len(active.last_week & included),
        ),
        WeekChange(
            measure=WeekMeasure.TIME,
            now=times.whole_seconds(sums["now_active_ms"]),
            before=times.whole_seconds(sums["before_active_ms"]),
        ),
        WeekChange(
            measure=WeekMeasure.VIEWS,
            now=sums["now_view_count"] + sums["now_access_count"],
            before=sums["before_view_count"] + sums["before_access_count"],
        ),
        WeekChange(
            measure=WeekMeasure.ATTEMPTS, now=sums["now_attempt_count"], before=sums["before_attempt_count"]
        ),
    )
    return tuple(each for each in found if each.now or each.before)
