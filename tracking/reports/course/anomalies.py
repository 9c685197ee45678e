"""Days on which a class did far more or far less than usual for that day of the week."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from tracking.definitions import times
from tracking.definitions.percentiles import median
from tracking.models import CourseDay, CourseOutline
from tracking.reports.course import daily_stats
from tracking.reports.course.daily_stats import BASELINE, DayRange, RecentDays
from tracking.rollups.freshness import Freshness

WEEKS = BASELINE // timedelta(weeks=1)
"""Weeks before a day with which it is compared: the same weekday in each."""

ENOUGH_WEEKS = 4
"""The minimum of those weeks that the course must have been running."""

FAR_OFF = 3.5
"""The modified z-score of an outlier: Iglewicz and Hoaglin 1993, *How to detect and handle outliers*."""

SCALE = 0.6745
"""Scales the median absolute deviation to the standard deviation of a normal distribution."""

MIN_CHANGE = 0.2
MIN_LEARNERS = 5
"""An outlier by its score alone may be a difference too small to report."""


class AnomalyMeasure(StrEnum):
    """The figure of a day that is judged."""

    LEARNERS = "learner_count"
    ACTIVE_TIME = "active_seconds"
    VIEWS = "view_count"
    ATTEMPTS = "attempt_count"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anomaly:
    """One figure of one day compared with what is usual; active time is in seconds."""

    day: date
    measure: AnomalyMeasure
    value: int
    usual: float
    """The median of the same weekday over the weeks before."""
    change: float
    """The difference as a share of what is usual; 1 if the usual is 0."""
    z: float
    """The modified z-score of the day; negative if it is less than usual."""
    week_count: int
    """Weeks behind ``usual``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnusualDay:
    """One day with all its unusual figures."""

    day: date
    figures: tuple[Anomaly, ...]

    @property
    def direction(self) -> str:
        """``more`` or ``less`` if every figure is; else ``other``."""
        signs = {figure.z > 0 for figure in self.figures}
        return "other" if len(signs) > 1 else "more" if signs.pop() else "less"


def group_by_day(found: Iterable[Anomaly]) -> tuple[UnusualDay, ...]:
    """Group anomalies by day, in the order in which the days first appear."""
    days_of: dict[date, list[Anomaly]] = {}
    for anomaly in found:
        days_of.setdefault(anomaly.day, []).append(anomaly)
    return tuple(UnusualDay(day=day, figures=tuple(figures)) for day, figures in days_of.items())


def recent_anomalies(course_key: str, *, freshness: Freshness, now: datetime) -> tuple[Anomaly, ...]:
    """Return what was unusual on the last fourteen whole days, newest first. Two queries."""
    course = CourseOutline.objects.filter(course_key=course_key).first()
    return find_anomalies(daily_stats.read_recent_days(course, freshness, now=now)) if course else ()


def find_anomalies(recent: RecentDays) -> tuple[Anomaly, ...]:
    """Return what was unusual on the judged days of ``recent``, newest first. No query."""
    return judge_days(recent.rows, recent.judged) if recent.judged else ()


def judge_days(known: Mapping[date, CourseDay], judged: DayRange) -> tuple[Anomaly, ...]:
    """Return what was unusual on the days of ``judged``; ``known`` has these days and the eight weeks before.

    A figure is unusual if its modified z-score against the same weekday of those weeks is beyond 3.5, it differs by
    more than 20 %, and the learners of that day and the usual number differ by at least five.
    """
    rows = {day: row for day, row in known.items() if judged.first - BASELINE <= day <= judged.last}
    began = min(rows, default=judged.last)
    newest_first = [
        judged.last - timedelta(days=offset) for offset in range((judged.last - judged.first).days + 1)
    ]
    return tuple(
        anomaly
        for day in newest_first
        for measure in AnomalyMeasure
        if (anomaly := _judge(rows, day, measure, began=began)) is not None
    )


def modified_z_score(value: float, before: Sequence[float]) -> float:
    """Return the modified z-score of ``value`` against ``before``; one unit is the smallest deviation that counts."""
    usual = median(before)
    deviation = median(abs(each - usual) for each in before)
    # If every week was the same, the deviation is 0 and any difference would divide by it.
    return SCALE * (value - usual) / max(deviation, SCALE)


def _judge(
    rows: Mapping[date, CourseDay], day: date, measure: AnomalyMeasure, *, began: date
) -> Anomaly | None:
    weeks = [day - timedelta(weeks=number) for number in range(1, WEEKS + 1)]
    before = [rows.get(each, CourseDay()) for each in weeks if each >= began]
    if len(before) < ENOUGH_WEEKS:
        return None
    today = rows.get(day, CourseDay())
    figures = [_figure(each, measure) for each in before]
    value, usual = _figure(today, measure), median(figures)
    z, change = modified_z_score(value, figures), (value - usual) / usual if usual else 1.0
    usual_learners = median(each.learner_count for each in before)
    moved = abs(today.learner_count - usual_learners)
    if abs(z) <= FAR_OFF or abs(change) <= MIN_CHANGE or moved < MIN_LEARNERS:
        return None
    return Anomaly(
        day=day,
        measure=measure,
        value=value,
        usual=usual,
        change=change,
        z=z,
        week_count=len(before),
    )


def _figure(row: CourseDay, measure: AnomalyMeasure) -> int:
    return (
        times.whole_seconds(row.active_ms)
        if measure is AnomalyMeasure.ACTIVE_TIME
        else int(getattr(row, measure))
    )
