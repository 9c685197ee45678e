"""Measure contestants in turn, and compare one of them with its target.

A benchmark lists its contestants and ends with ``harness.main``::

    sys.exit(harness.main(Benchmark(name="capture-rate", unit="events/s", ...)))

Every contestant runs once in each round, and each round begins with another contestant, so that none always runs first
on a cold machine or last on a warm one. Figures are medians with their range, next to the peers of the same run.
"""

import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result of one contestant in one round."""

    rows: int
    """The amount of work: rows written, events stored or pages answered."""
    errors: int = 0
    figure: float | None = None
    """The measured value if it is not ``rows`` per second, such as milliseconds for each page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestant:
    """One way to do the work."""

    name: str
    run: Callable[[], Outcome]
    prepare: Callable[[], None] = lambda: None
    """Run before each round and not measured, for example to empty a table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """The contestants, and the target of the first one."""

    name: str
    unit: str
    contestants: Sequence[Contestant]
    """Ours first, then its peers."""
    target: float
    peer: str = ""
    """The contestant to compare ours with: figure, target and limit are then multiples of its median. Empty: none."""
    limit: str = ""
    """The contestant that does the minimum of work, which bounds ours. Empty: none."""
    rounds: int = 5
    more_is_better: bool = True


@dataclass(slots=True, kw_only=True)
class Tally:
    """The rounds of one contestant."""

    name: str
    figures: list[float] = field(default_factory=list)
    rows: int = 0
    errors: int = 0

    @property
    def median(self) -> float:
        return statistics.median(self.figures)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The result of a benchmark."""

    benchmark: Benchmark
    tallies: Sequence[Tally]
    """In the order of the contestants."""

    @property
    def figure(self) -> float:
        """Our median, or its multiple of the peer's median."""
        return self.tallies[0].median / self._one

    @property
    def unit(self) -> str:
        """The unit of ``figure``."""
        return f"x {self.benchmark.peer}" if self.benchmark.peer else self.benchmark.unit

    @property
    def _one(self) -> float:
        return self._median_of(self.benchmark.peer) or 1.0

    def _median_of(self, name: str) -> float | None:
        return next((tally.median for tally in self.tallies if tally.name == name), None)

    @property
    def limit(self) -> float | None:
        """The figure of the contestant that bounds ours, in the same run."""
        median = self._median_of(self.benchmark.limit)
        return None if median is None else median / self._one

    @property
    def is_met(self) -> bool:
        """Whether the target is met without an error."""
        if any(tally.errors for tally in self.tallies):
            return False
        if self.benchmark.more_is_better:
            return self.figure >= self.benchmark.target
        return self.figure <= self.benchmark.target


def main(benchmark: Benchmark) -> int:
    """Run ``benchmark``, print the result, and return the exit status: 0 if the target is met."""
    result = measure(benchmark, log=lambda line: print(line, flush=True))
    print(*lines(result), sep="\n")
    return 0 if result.is_met else 1


def measure(
    benchmark: Benchmark, *, log: Callable[[str], None], clock: Callable[[], float] = time.perf_counter
) -> Result:
    """Run every round of ``benchmark`` and return the result. Logs one line for each round."""
    tallies = {contestant.name: Tally(name=contestant.name) for contestant in benchmark.contestants}
    for number in range(benchmark.rounds):
        before = os.getloadavg()[0]
        for contestant in rotated(benchmark.contestants, by=number):
            _run(contestant, tallies[contestant.name], clock)
        load = f"load {before:.2f} before, {os.getloadavg()[0]:.2f} after"
        figures = ", ".join(f"{tally.name} {tally.figures[-1]:,.6g}" for tally in tallies.values())
        log(f"round {number + 1} of {benchmark.rounds} ({load}): {figures}")
    return Result(benchmark=benchmark, tallies=list(tallies.values()))


def rotated(contestants: Sequence[Contestant], *, by: int) -> list[Contestant]:
    """Return ``contestants`` rotated by ``by`` places."""
    start = by % len(contestants)
    return [*contestants[start:], *contestants[:start]]


def lines(result: Result) -> Iterator[str]:
    """Yield the lines of the table, and last the figure with its target and limit."""
    benchmark = result.benchmark
    width = max(len(tally.name) for tally in result.tallies)
    heads = (f"{head:>12}" for head in ("median", "min", "max", "of ours", "rows", "errors"))
    yield ""
    yield f"{benchmark.unit:{width}}{''.join(heads)}"
    for tally in result.tallies:
        figures = (tally.median, min(tally.figures), max(tally.figures))
        cells = [*(f"{figure:,.6g}" for figure in figures), f"{tally.median / result.tallies[0].median:.2f}"]
        cells += [f"{tally.rows:,}", f"{tally.errors:,}"]
        yield f"{tally.name:{width}}{''.join(f'{cell:>12}' for cell in cells)}"
    limit = "none" if result.limit is None else f"{result.limit:,.6g}"
    verdict = f"{result.figure:,.6g} {result.unit}"
    yield ""
    yield f"{benchmark.name}: {verdict} (target {benchmark.target:,.6g}, limit {limit})"


def _run(contestant: Contestant, tally: Tally, clock: Callable[[], float]) -> None:
    contestant.prepare()
    start = clock()
    outcome = contestant.run()
    seconds = clock() - start
    tally.figures.append(outcome.rows / seconds if outcome.figure is None else outcome.figure)
    tally.rows += outcome.rows
    tally.errors += outcome.errors
