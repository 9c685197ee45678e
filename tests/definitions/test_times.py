"""Seconds, percentiles and weeks."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from tracking.definitions import percentiles, times

NOW = datetime(2026, 3, 11, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("milliseconds", "seconds"), [(0, 0), (499, 0), (500, 1), (1499, 1), (1500, 2), (2500, 3), (2499.5, 2)]
)
def test_seconds_are_rounded_half_up(milliseconds, seconds):
    assert times.whole_seconds(milliseconds) == seconds


def test_percentiles_that_are_stored_are_shown_again():
    row = SimpleNamespace(**times.stored_percentiles([1000, 2000, 3000, 4000, 5000]))
    assert times.time_percentiles(row) == times.TimePercentiles(
        learner_count=5, p25_seconds=2, median_seconds=3, p75_seconds=4, p90_seconds=5
    )


def test_percentiles_of_nobody_are_not_shown():
    assert times.time_percentiles(SimpleNamespace(**times.stored_percentiles([]))) is None


def test_a_median_needs_no_order():
    assert percentiles.median([3, 1, 2, 10]) == 2.5


@pytest.mark.parametrize(
    ("zone", "this_week", "week_before"),
    [
        ("UTC", (date(2026, 3, 5), date(2026, 3, 11)), (date(2026, 2, 26), date(2026, 3, 4))),
        ("Asia/Tokyo", (date(2026, 3, 6), date(2026, 3, 12)), (date(2026, 2, 27), date(2026, 3, 5))),
    ],
)
def test_this_week_ends_today_where_the_course_is(zone, this_week, week_before):
    assert times.this_week(NOW, ZoneInfo(zone)) == this_week
    assert times.week_before(NOW, ZoneInfo(zone)) == week_before
