"""Geometry of the charts: convert values to whole SVG user units, which templates write as attributes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from tracking.reports.course.activity_hours import HourOfWeek
from tracking.reports.course.cohorts import Cohort, CohortWeek

STEP = 20
"""SVG units from the left edge of one bar to that of the next."""

BAR = 14
HEIGHT = 120
MIN_POINTS = 3
"""Minimum height of a bar that is not 0, so that a short day stays visible."""

CEILINGS_MINUTES = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720, 1440)


class DayValue(Protocol):
    """The values of one day that the chart draws."""

    @property
    def day(self) -> date: ...
    @property
    def active_seconds(self) -> int: ...
    @property
    def estimated_seconds(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """The bar of one day: measured time at the bottom, estimated time above it."""

    day: DayValue
    x: int
    active_y: int
    active_height: int
    estimated_y: int
    estimated_height: int
    is_week_start: bool
    """True for every seventh day, counted back from the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysChart:
    """A bar for each day. ``top_seconds`` is the value at the top of the chart."""

    width: int
    height: int
    half: int
    bar_width: int
    top_seconds: int
    bars: tuple[Bar, ...]
    is_empty: bool


def draw_days(days: Sequence[DayValue]) -> DaysChart:
    """Return the bar chart of ``days``, oldest first."""
    maximum = max((day.active_seconds + day.estimated_seconds for day in days), default=0)
    top = (
        next((minutes for minutes in CEILINGS_MINUTES if minutes * 60 >= maximum), CEILINGS_MINUTES[-1]) * 60
    )
    bars = (_bar(index, day, top=top, count=len(days)) for index, day in enumerate(days))
    return DaysChart(
        width=len(days) * STEP,
        height=HEIGHT,
        half=HEIGHT // 2,
        bar_width=BAR,
        top_seconds=top,
        bars=tuple(bars),
        is_empty=maximum == 0,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HourBar:
    """The bar of one hour of the day, over all days."""

    hour: int
    seconds: int
    x: int
    y: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursChart:
    """A bar for each hour of the day."""

    width: int
    height: int
    bar_width: int
    bars: tuple[HourBar, ...]
    is_empty: bool


def draw_hours(seconds: Sequence[int]) -> HoursChart:
    """Return the bar chart of active ``seconds`` by hour of the day, from midnight on."""
    maximum = max(seconds, default=0)
    bars = (
        HourBar(
            hour=hour,
            seconds=value,
            x=hour * STEP + (STEP - BAR) // 2,
            y=HEIGHT - _height(value, maximum, room=HEIGHT),
            height=_height(value, maximum, room=HEIGHT),
        )
        for hour, value in enumerate(seconds)
    )
    return HoursChart(
        width=len(seconds) * STEP, height=HEIGHT, bar_width=BAR, bars=tuple(bars), is_empty=maximum == 0
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekBars:
    """The bars of one week of a course: the shares of active learners in two classes.

    A height is 0 if the share must not be shown.
    """

    number: int
    """1 is the first week."""
    mine: CohortWeek | None
    other: CohortWeek | None
    x: int
    other_x: int
    y: int
    height: int
    other_y: int
    other_height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeksChart:
    """Two bars for each week."""

    width: int
    height: int
    bar_width: int
    bars: tuple[WeekBars, ...]
    has_other: bool


def draw_weeks(mine: Cohort, other: Cohort | None = None) -> WeeksChart:
    """Return the chart of active learners by week since each course began, as shares of each class."""
    weeks = {week.week: week for week in mine.weeks}
    others = {week.week: week for week in other.weeks} if other else {}
    numbers = sorted(weeks.keys() | others.keys())
    width = BAR // 2 if other else BAR
    bars = []
    for index, number in enumerate(numbers):
        of_mine, of_other = _share_height(weeks.get(number)), _share_height(others.get(number))
        left = index * STEP + (STEP - BAR) // 2
        bars.append(
            WeekBars(
                number=number + 1,
                mine=weeks.get(number),
                other=others.get(number),
                x=left,
                other_x=left + width,
                y=HEIGHT - of_mine,
                height=of_mine,
                other_y=HEIGHT - of_other,
                other_height=of_other,
            )
        )
    return WeeksChart(
        width=max(len(numbers), 1) * STEP,
        height=HEIGHT,
        bar_width=width,
        bars=tuple(bars),
        has_other=other is not None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadedHour:
    """One hour of the week. ``heat`` is from 0 to 1, the busiest hour."""

    hour: int
    learner_count: int
    heat: float


def shade_hours(hours: Sequence[HourOfWeek]) -> tuple[tuple[ShadedHour, ...], ...]:
    """Return seven days, Monday first, of 24 hours each."""
    maximum = max((hour.learner_count for hour in hours), default=0)
    shaded = [
        ShadedHour(
            hour=hour.hour,
            learner_count=hour.learner_count,
            heat=hour.learner_count / maximum if maximum else 0.0,
        )
        for hour in hours
    ]
    return tuple(tuple(shaded[start : start + 24]) for start in range(0, len(shaded), 24))


def _share_height(week: CohortWeek | None) -> int:
    return round(week.learner_share * HEIGHT) if week is not None and week.learner_share else 0


def _bar(index: int, day: DayValue, *, top: int, count: int) -> Bar:
    active = _height(day.active_seconds, top, room=HEIGHT)
    estimated = _height(day.estimated_seconds, top, room=HEIGHT - active)
    return Bar(
        day=day,
        x=index * STEP + (STEP - BAR) // 2,
        active_y=HEIGHT - active,
        active_height=active,
        estimated_y=HEIGHT - active - estimated,
        estimated_height=estimated,
        is_week_start=(count - index) % 7 == 0,
    )


def _height(seconds: int, top: int, *, room: int) -> int:
    return min(max(round(seconds / top * HEIGHT), MIN_POINTS), room) if seconds else 0
