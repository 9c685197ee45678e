"""Days on which a class did far more or far less than is usual for that day of the week."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tracking.definitions import minimums, times
from tracking.definitions.percentiles import median
from tracking.models import CourseDay, CourseOutline
from tracking.reports.course import daily_stats
from tracking.reports.course.daily_stats import CourseDays, DayRange
from tracking.rollups.freshness import Freshness
from tracking.rollups.learner import days

LATELY = timedelta(days=14)
"""How far back a page looks for them."""

WEEKS = 8
"""Weeks before a day with which it is compared: the same weekday in each."""

ENOUGH_WEEKS = 4
"""Of those, how many the course must have been under way in."""

FAR_OFF = 3.5
"""The modified z-score of an outlier: Iglewicz and Hoaglin 1993, *How to detect and handle outliers*."""

SCALE = 0.6745
"""What makes the median absolute deviation of a normal distribution its standard deviation."""

MIN_CHANGE = 0.2
MIN_LEARNERS = 5
"""What is far off by the score and small in the world is no news."""


class AnomalyMeasure(StrEnum):
    """What a day is judged by."""

    LEARNERS = "learner_count"
    ACTIVE_TIME = "active_seconds"
    VIEWS = "view_count"
    ATTEMPTS = "attempt_count"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anomaly:
    """One figure of one day beside what is usual; active time is in seconds.

    ``value``, ``usual`` and ``change`` are ``None`` where fewer learners stand behind the day, or the usual one, than
    may be shown, but some do.
    """

    day: date
    measure: AnomalyMeasure
    value: int | None
    usual: float | None
    """The median of the same weekday over the weeks before."""
    change: float | None
    """The difference as a share of what is usual; 1 where nothing was usual."""
    z: float
    """How far off it is, as a modified z-score; below 0 where it is less than usual."""
    week_count: int
    """Weeks behind ``usual``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnusualDay:
    """One day with everything about it that was out of the ordinary."""

    day: date
    figures: tuple[Anomaly, ...]

    @property
    def direction(self) -> str:
        """``more`` or ``less`` where all of it was; else ``other``."""
        signs = {figure.z > 0 for figure in self.figures}
        return "other" if len(signs) > 1 else "more" if signs.pop() else "less"


def group_by_day(found: Iterable[Anomaly]) -> tuple[UnusualDay, ...]:
    """Return what was found day by day, in the order of the days in it."""
    days_of: dict[date, list[Anomaly]] = {}
    for anomaly in found:
        days_of.setdefault(anomaly.day, []).append(anomaly)
    return tuple(UnusualDay(day=day, figures=tuple(figures)) for day, figures in days_of.items())


def recent_anomalies(course_key: str, *, freshness: Freshness) -> tuple[Anomaly, ...]:
    """Return what was out of the ordinary on the last fourteen whole days that the figures hold. Two queries at most.

    A day that is not over, or not counted to its end, would always look like less than usual; so would each after the
    course has ended.
    """
    course = CourseOutline.objects.filter(course_key=course_key).first()
    judged = judged_days(course, freshness) if course is not None else None
    return find_anomalies(course_key, first=judged.first, last=judged.last) if judged else ()


def judged_days(course: CourseOutline, freshness: Freshness) -> DayRange | None:
    """Return those fourteen days; ``None`` where nothing has been counted."""
    until = freshness.ended_at or freshness.as_of
    if until is None:
        return None
    end = until.astimezone(days.course_time_zone(course.time_zone)).date()
    return DayRange(end - LATELY, end - timedelta(days=1))


def days_to_read(judged: DayRange) -> DayRange:
    """Return the days that it takes to judge some: theirs, and those they are set beside."""
    return DayRange(judged.first - timedelta(weeks=WEEKS), judged.last)


def find_anomalies(course_key: str, *, first: date, last: date) -> tuple[Anomaly, ...]:
    """Return what is out of the ordinary from ``first`` to ``last``, both included, the newest first. One query."""
    judged = DayRange(first, last)
    return judge_days(judged, daily_stats.read_daily_stats(course_key, [days_to_read(judged)]))


def judge_days(judged: DayRange, known: CourseDays) -> tuple[Anomaly, ...]:
    """Return what is out of the ordinary in ``judged``, where ``known`` are at least the days that it takes.

    A figure is told where its modified z-score beside the same weekday of the eight weeks before is beyond 3.5, and it
    differs by more than 20 %, and the learners of that day and the usual one differ by at least five.
    """
    needed = days_to_read(judged)
    rows = {day: row for day, row in known.items() if needed.first <= day <= needed.last}
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
    """Return the modified z-score of ``value`` beside ``before``; one unit is the least deviation that counts."""
    middle = median(before)
    deviation = median(abs(each - middle) for each in before)
    # Where every week was the same the deviation is 0, and any difference would be endlessly far off.
    return SCALE * (value - middle) / max(deviation, SCALE)


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
    is_hidden = any(map(minimums.is_few, (today.learner_count, usual_learners)))
    return Anomaly(
        day=day,
        measure=measure,
        value=None if is_hidden else value,
        usual=None if is_hidden else usual,
        change=None if is_hidden else change,
        z=z,
        week_count=len(before),
    )


def _figure(row: CourseDay, measure: AnomalyMeasure) -> int:
    return (
        times.whole_seconds(row.active_ms)
        if measure is AnomalyMeasure.ACTIVE_TIME
        else int(getattr(row, measure))
    )
