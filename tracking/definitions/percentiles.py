"""Medians and percentiles of plain numbers: one rule for all, that of PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return the ``share`` quantile of ``ordered``, ascending and not empty, interpolated between neighbours.

    The same as PostgreSQL's ``percentile_cont``, which is type 7 of Hyndman and Fan (1996).
    """
    position = (len(ordered) - 1) * share
    below = int(position)
    if below + 1 >= len(ordered):
        return float(ordered[-1])
    return ordered[below] + (ordered[below + 1] - ordered[below]) * (position - below)


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentiles:
    """Four percentiles, or ``None`` for each if there are no values."""

    p25: float | None = None
    median: float | None = None
    p75: float | None = None
    p90: float | None = None

    def rounded(self) -> dict[str, int | None]:
        """Return them by name, as whole numbers."""
        return {name: None if value is None else round(value) for name, value in asdict(self).items()}


def percentiles_of(values: Iterable[float]) -> Percentiles:
    """Return the percentiles of ``values``, in any order."""
    ordered = sorted(values)
    if not ordered:
        return Percentiles()
    p25, median, p75, p90 = (quantile(ordered, share) for share in (0.25, 0.5, 0.75, 0.9))
    return Percentiles(p25=p25, median=median, p75=p75, p90=p90)


def median(values: Iterable[float]) -> float:
    """Return the median of ``values``, which are not empty."""
    return quantile(sorted(values), 0.5)
