"""The report calls a trace missed where its time is off, or where an opening is not exactly one view."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from benchmarks.time_accuracy import report
from benchmarks.time_accuracy.report import Measured


def measured(
    *,
    name: str = "reading",
    truth: float = 60,
    ours: float = 60,
    opened: Sequence[str] = ("a",),
    viewed: Sequence[str] = ("a",),
    allowed: float = report.ALLOWED_SECONDS,
) -> Measured:
    return Measured(
        name=name,
        how="real",
        truth=truth,
        ours=ours,
        canvas=0,
        moodle=0,
        kolibri=55,
        opened=opened,
        viewed=viewed,
        allowed=allowed,
    )


@pytest.mark.parametrize(
    ("truth", "ours", "is_within"),
    [
        (60, 62, True),
        (60, 58, True),
        (60, 62.1, False),
        (60, 57.9, False),
        (1000, 1020, True),
        (1000, 979, False),
    ],
)
def test_an_error_of_two_seconds_or_two_percent_is_allowed(
    truth: float, ours: float, is_within: bool
) -> None:
    assert measured(truth=truth, ours=ours).is_within_bound is is_within


def test_a_trace_may_be_allowed_more() -> None:
    assert measured(truth=60, ours=46, allowed=15).is_within_bound


@pytest.mark.parametrize(
    ("opened", "viewed", "lost", "twice"),
    [("ab", "ba", 0, 0), ("aab", "ab", 1, 0), ("ab", "aab", 0, 1), ("aa", "ab", 1, 1)],
)
def test_a_lost_view_and_one_that_is_counted_twice_are_told_apart(
    opened: str, viewed: str, lost: int, twice: int
) -> None:
    trace = measured(opened=opened, viewed=viewed)
    assert (trace.lost, trace.twice, trace.is_within_bound) == (lost, twice, not lost and not twice)


def test_the_table_shows_each_trace_and_the_last_line_how_many_are_within_bounds() -> None:
    traces = [measured(ours=60.5), measured(name="asleep", ours=57)]
    assert list(report.lines(traces)) == [
        "seconds    truth     ours    error   Canvas   Moodle  Kolibri     lost    twice  time",
        "reading     60.0     60.5      0.5      0.0      0.0     55.0        0        0  real",
        "asleep      60.0     57.0     -3.0      0.0      0.0     55.0        0        0  real  MISSED",
        "",
        "worst: -3.00 s in 'asleep'",
        "time-accuracy: 1 of 2 traces (target 2, limit 2)",
    ]


def test_one_trace_out_of_bounds_misses_the_target() -> None:
    assert report.is_met([measured(), measured()])
    assert not report.is_met([measured(), measured(ours=0)])
