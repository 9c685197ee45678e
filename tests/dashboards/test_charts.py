"""The geometry of the chart of days."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tracking.dashboards import charts
from tracking.reports.learner.course_row import DayOfLearning

seconds = st.integers(min_value=0, max_value=100_000)


def days(*pairs: tuple[int, int]) -> list[DayOfLearning]:
    first = date(2026, 3, 1)
    return [
        DayOfLearning(day=first + timedelta(days=index), active_seconds=active, estimated_seconds=estimated)
        for index, (active, estimated) in enumerate(pairs)
    ]


@given(st.lists(st.tuples(seconds, seconds), max_size=40))
def test_no_bar_leaves_the_chart_and_no_time_is_invisible(pairs: list[tuple[int, int]]) -> None:
    chart = charts.draw_days(days(*pairs))
    for bar, (active, estimated) in zip(chart.bars, pairs, strict=True):
        assert bar.estimated_y >= 0
        assert bar.active_y + bar.active_height == chart.height
        assert bar.estimated_y + bar.estimated_height == bar.active_y
        assert bool(bar.active_height) == bool(active)
        assert bool(bar.estimated_height) == (estimated > 0 and bar.active_height < chart.height)


def test_the_top_is_a_round_time_above_the_longest_day() -> None:
    assert charts.draw_days(days((1900, 0), (0, 60))).top_seconds == 45 * 60


def test_weeks_are_counted_back_from_the_last_day() -> None:
    chart = charts.draw_days(days(*[(0, 0)] * 9))
    assert [index for index, bar in enumerate(chart.bars) if bar.is_week_start] == [2]


def test_days_without_time_make_an_empty_chart() -> None:
    assert charts.draw_days(days((0, 0))).is_empty
