"""The harness is fair to every contestant, and says in its last line and status whether the target is met."""

import itertools
from collections.abc import Callable

import pytest

from benchmarks import harness
from benchmarks.harness import Benchmark, Contestant, Outcome, Tally


def contestant(
    name: str, *figures: float, calls: list[str] | None = None, rows: int = 10, errors: int = 0
) -> Contestant:
    """Return a contestant that reports ``figures`` in turn and notes its name in ``calls``."""
    remaining = itertools.cycle(figures)

    def run() -> Outcome:
        if calls is not None:
            calls.append(name)
        return Outcome(rows=rows, errors=errors, figure=next(remaining))

    return Contestant(name=name, run=run)


def silently(_line: str) -> None:
    """Drop a line of the log."""


def ticking(*seconds: float) -> Callable[[], float]:
    """Return a clock that shows each of ``seconds`` once."""
    return iter(seconds).__next__


def test_each_round_begins_with_another_contestant() -> None:
    calls: list[str] = []
    benchmark = Benchmark(
        name="speed",
        unit="rows/s",
        contestants=[contestant(name, 1, calls=calls) for name in "abc"],
        target=1,
        rounds=4,
    )
    harness.measure(benchmark, log=silently)
    assert "".join(calls) == "abcbcacababc"


def test_a_figure_is_rows_per_second_unless_the_contestant_measures_it() -> None:
    timed = Contestant(name="timed", run=lambda: Outcome(rows=100))
    benchmark = Benchmark(
        name="speed", unit="rows/s", contestants=[timed, contestant("own", 7)], target=1, rounds=1
    )
    result = harness.measure(benchmark, log=silently, clock=ticking(10, 14, 20, 99))
    assert result.tallies == [
        Tally(name="timed", figures=[25.0], rows=100),
        Tally(name="own", figures=[7], rows=10),
    ]


def test_preparing_is_not_timed() -> None:
    seconds = [0.0]

    def spend(amount: float) -> None:
        seconds[0] += amount

    def work() -> Outcome:
        spend(2)
        return Outcome(rows=8)

    slow_to_prepare = Contestant(name="ours", prepare=lambda: spend(1000), run=work)
    benchmark = Benchmark(name="speed", unit="rows/s", contestants=[slow_to_prepare], target=1, rounds=2)
    result = harness.measure(benchmark, log=silently, clock=lambda: seconds[0])
    assert result.tallies == [Tally(name="ours", figures=[4.0, 4.0], rows=16)]


def test_the_report_shows_the_median_its_range_and_the_limit_of_the_same_run() -> None:
    benchmark = Benchmark(
        name="capture-rate",
        unit="events/s",
        contestants=[contestant("ours", 900, 1200, 1000), contestant("bare insert", 2000, 2500, 1500)],
        target=950,
        limit="bare insert",
        rounds=3,
    )
    assert list(harness.lines(harness.measure(benchmark, log=silently))) == [
        "",
        "events/s         median         min         max     of ours        rows      errors",
        "ours              1,000         900       1,200        1.00          30           0",
        "bare insert       2,000       1,500       2,500        2.00          30           0",
        "",
        "capture-rate: 1,000 events/s (target 950, limit 2,000)",
    ]


def test_a_round_is_logged_with_the_load_of_the_machine() -> None:
    log: list[str] = []
    benchmark = Benchmark(
        name="speed", unit="rows/s", contestants=[contestant("ours", 5)], target=1, rounds=1
    )
    harness.measure(benchmark, log=log.append)
    [line] = log
    assert line.startswith("round 1 of 1 (load ")
    assert line.endswith(" after): ours 5")


@pytest.mark.parametrize(
    ("figure", "more_is_better", "errors", "status"),
    [(10, True, 0, 0), (9, True, 0, 1), (10, False, 0, 0), (11, False, 0, 1), (10, True, 1, 1)],
)
def test_the_status_says_whether_the_target_is_met_without_an_error(
    figure: float, more_is_better: bool, errors: int, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    benchmark = Benchmark(
        name="speed",
        unit="ms",
        contestants=[contestant("ours", figure, errors=errors)],
        target=10,
        rounds=1,
        more_is_better=more_is_better,
    )
    assert harness.main(benchmark) == status
    assert capsys.readouterr().out.splitlines()[-1] == f"speed: {figure} ms (target 10, limit none)"
