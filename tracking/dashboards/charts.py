"""The geometry of charts: values to whole numbers of an SVG's own units, which a template writes as attributes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tracking.insights.learner_progress import DayOfLearning

STEP = 20
"""From one bar to the next."""

BAR = 14
HEIGHT = 120
LEAST = 3
"""A day with anything in it can be seen."""

CEILINGS_MINUTES = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720, 1440)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One day: the measured part stands on the ground, the estimated part upon it."""

    day: DayOfLearning
    x: int
    active_y: int
    active_height: int
    estimated_y: int
    estimated_height: int
    is_week_start: bool
    """Every seventh day, counted back from the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysChart:
    """A bar for each day, and what the top of the chart stands for."""

    width: int
    height: int
    half: int
    bar_width: int
    top_seconds: int
    bars: tuple[Bar, ...]
    is_empty: bool


def draw_days(days: Sequence[DayOfLearning]) -> DaysChart:
    """Return the bar chart of ``days``, oldest first."""
    most = max((day.active_seconds + day.estimated_seconds for day in days), default=0)
    top = next((minutes for minutes in CEILINGS_MINUTES if minutes * 60 >= most), CEILINGS_MINUTES[-1]) * 60
    bars = (_bar(index, day, top=top, count=len(days)) for index, day in enumerate(days))
    return DaysChart(
        width=len(days) * STEP,
        height=HEIGHT,
        half=HEIGHT // 2,
        bar_width=BAR,
        top_seconds=top,
        bars=tuple(bars),
        is_empty=most == 0,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HourBar:
    """One hour of the day, over all days."""

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
    """Return the bar chart of ``seconds`` at work by hour of the day, from midnight on."""
    most = max(seconds, default=0)
    bars = (
        HourBar(
            hour=hour,
            seconds=value,
            x=hour * STEP + (STEP - BAR) // 2,
            y=HEIGHT - _height(value, most, room=HEIGHT),
            height=_height(value, most, room=HEIGHT),
        )
        for hour, value in enumerate(seconds)
    )
    return HoursChart(
        width=len(seconds) * STEP, height=HEIGHT, bar_width=BAR, bars=tuple(bars), is_empty=most == 0
    )


def _bar(index: int, day: DayOfLearning, *, top: int, count: int) -> Bar:
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
    return min(max(round(seconds / top * HEIGHT), LEAST), room) if seconds else 0
