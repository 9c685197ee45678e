"""Times: stored in milliseconds, shown in whole seconds, over a class as median and percentiles.

The learners in them are those with any active time. Percentiles are interpolated between neighbours (``percentiles``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from django.db.models import BigIntegerField, F
from django.db.models.functions import Greatest

from tracking.definitions import percentiles
from tracking.definitions.minimums import Minimum

WEEK_DAYS = 7
"""*This week* is today and the six days before, in the time zone of the course; *last week* the seven days before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFigure:
    """A figure of a class that the rollups have stored in one column."""

    name: str
    meaning: str
    column: str
    people: str
    """The column that counts the people behind it."""
    minimum: Minimum = Minimum.GROUP
    is_time: bool = False
    """Whether the column holds milliseconds, and the figure is in whole seconds."""
    views: tuple[str, ...] = ()
    """The SQL views that have it, among their last columns and in the order of the definitions."""

    def of(self, row: Any) -> Any:
        """Return it for ``row``, for a reader who may see each person in it; ``None`` if nothing is stored.

        A figure that says something about the next person needs a class (``Minimum.CLASS``) for any reader.
        """
        value = getattr(row, self.column)
        if value is None or (
            self.minimum is Minimum.CLASS and getattr(row, self.people) < self.minimum.people()
        ):
            return None
        return whole_seconds(value) if self.is_time else value

    def people_sql(self, prefix: str = "") -> str:
        """Return the SQL expression of how many people are behind it, over columns with ``prefix``."""
        return f"{prefix}{self.people}"

    def sql(self, prefix: str = "") -> str:
        """Return the SQL expression of it, for a reader who may not see persons, over columns with ``prefix``."""
        value = f"{prefix}{self.column}"
        shown = seconds_sql(value) if self.is_time else value
        return f"CASE WHEN {prefix}{self.people} >= {self.minimum.people()} THEN {shown} END"


def _active_time(
    name: str, meaning: str, column: str, minimum: Minimum = Minimum.GROUP, *, views: tuple[str, ...] = ()
) -> StoredFigure:
    return StoredFigure(
        name=name,
        meaning=meaning,
        column=column,
        people="timed_count",
        minimum=minimum,
        is_time=True,
        views=views,
    )


P25_ACTIVE = _active_time(
    "p25_active_seconds", "A quarter of the learners took at most this.", "p25_active_ms"
)
MEDIAN_ACTIVE = _active_time(
    "median_active_seconds",
    "Half of the learners took at most this.",
    "median_active_ms",
    views=("unit_stats", "module_stats"),
)
P75_ACTIVE = _active_time("p75_active_seconds", "Three quarters took at most this.", "p75_active_ms")
P90_ACTIVE = _active_time("p90_active_seconds", "Nine in ten took at most this.", "p90_active_ms")
EXPECTED_FROM_CLASS = _active_time(
    "class_median_seconds", "The expected time, if the host gives none.", "median_active_ms", Minimum.CLASS
)
DISCRIMINATION = StoredFigure(
    name="discrimination",
    meaning="Correlation, over first attempts, of being right here with the share right in the rest.",
    column="discrimination",
    people="discrimination_count",
    minimum=Minimum.CLASS,
    views=("questions",),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimePercentiles:
    """Active time in seconds over the learners who have any."""

    learner_count: int
    p25_seconds: int
    median_seconds: int
    p75_seconds: int
    p90_seconds: int


def time_percentiles(row: Any) -> TimePercentiles | None:
    """Return the percentiles that ``row`` holds, or ``None`` if no one is behind them."""
    if MEDIAN_ACTIVE.of(row) is None:
        return None
    return TimePercentiles(
        learner_count=row.timed_count,
        p25_seconds=P25_ACTIVE.of(row),
        median_seconds=MEDIAN_ACTIVE.of(row),
        p75_seconds=P75_ACTIVE.of(row),
        p90_seconds=P90_ACTIVE.of(row),
    )


def stored_percentiles(active_ms: Iterable[int]) -> dict[str, int | None]:
    """Return what ``models.AbstractActiveTime`` stores, for the active times of learners, none of them 0."""
    found = list(active_ms)
    rounded = percentiles.percentiles_of(found).rounded()
    return {"timed_count": len(found), **{f"{name}_active_ms": value for name, value in rounded.items()}}


def spent_ms(*, active_ms: int, estimated_ms: int, reported_later_ms: int, media_ms: int) -> int:
    """Return the milliseconds by which it is judged whether a unit was skimmed.

    A recording is heard with another tab in front or the screen off. No browser sees activity then, so its playing time
    is what was spent. Playing and being active overlap, so the longer of them counts.
    """
    return max(active_ms + estimated_ms + reported_later_ms, media_ms)


SPENT_MS = Greatest(
    F("active_ms") + F("estimated_ms") + F("reported_later_ms"), F("media_ms"), output_field=BigIntegerField()
)
"""``spent_ms`` of a row of ``LearnerUnit``, in the database."""


def whole_seconds(milliseconds: float) -> int:
    """Return milliseconds in whole seconds, half of one rounded up."""
    return int(milliseconds + 500) // 1000


def seconds_sql(expression: str) -> str:
    """Return the SQL expression that ``whole_seconds`` is; databases round half of a decimal up."""
    return f"ROUND({expression} / 1000.0)"


def this_week(now: datetime, zone: tzinfo) -> tuple[date, date]:
    """Return the first and the last day of *this week*."""
    today = now.astimezone(zone).date()
    return today - timedelta(days=WEEK_DAYS - 1), today


def week_before(now: datetime, zone: tzinfo) -> tuple[date, date]:
    """Return the first and the last day of *last week*."""
    first, _ = this_week(now, zone)
    return first - timedelta(days=WEEK_DAYS), first - timedelta(days=1)
