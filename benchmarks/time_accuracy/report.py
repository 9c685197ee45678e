"""Print the results of the traces as a table, and whether each is within its bound."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

ALLOWED_SECONDS = 2.0
ALLOWED_SHARE = 0.02
HEADS = ("truth", "ours", "error", "Canvas", "Moodle", "Kolibri", "lost", "twice")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The result of one trace: times in seconds, the units opened, and the units of the recorded page views."""

    name: str
    how: str
    """How time passed: in reality, or on a clock that the benchmark moved."""
    truth: float
    ours: float
    canvas: float
    moodle: float
    kolibri: float
    opened: Sequence[str]
    viewed: Sequence[str]
    allowed: float = ALLOWED_SECONDS
    """Seconds of error that even a short trace may have."""

    @property
    def error(self) -> float:
        """Seconds that we count too much; below zero, too little."""
        return self.ours - self.truth

    @property
    def lost(self) -> int:
        """The number of openings without a page view."""
        return (Counter(self.opened) - Counter(self.viewed)).total()

    @property
    def twice(self) -> int:
        """The number of page views without an opening."""
        return (Counter(self.viewed) - Counter(self.opened)).total()

    @property
    def is_within_bound(self) -> bool:
        """Whether the error is small enough and every opening is one page view."""
        bound = max(self.allowed, ALLOWED_SHARE * self.truth)
        return abs(self.error) <= bound and not self.lost and not self.twice


def is_met(traces: Iterable[Measured]) -> bool:
    """Return whether every trace is within its bound."""
    return all(trace.is_within_bound for trace in traces)


def lines(traces: Sequence[Measured]) -> Iterator[str]:
    """Yield the lines of the table, and last the number of traces within their bound."""
    width = max(len(trace.name) for trace in traces)
    yield f"{'seconds':{width}}{''.join(f'{head:>9}' for head in HEADS)}  time"
    for trace in traces:
        times = (trace.truth, trace.ours, trace.error, trace.canvas, trace.moodle, trace.kolibri)
        cells = [*(f"{time:.1f}" for time in times), str(trace.lost), str(trace.twice)]
        missed = "" if trace.is_within_bound else "  MISSED"
        yield f"{trace.name:{width}}{''.join(f'{cell:>9}' for cell in cells)}  {trace.how}{missed}"
    met = sum(trace.is_within_bound for trace in traces)
    worst = max(traces, key=lambda trace: abs(trace.error))
    yield ""
    yield f"worst: {worst.error:+.2f} s in {worst.name!r}"
    yield f"time-accuracy: {met} of {len(traces)} traces (target {len(traces)}, limit {len(traces)})"
