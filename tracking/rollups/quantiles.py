"""Medians and percentiles of plain numbers."""

from __future__ import annotations

from collections.abc import Sequence


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return the ``share`` quantile of ``ordered``, ascending and not empty, interpolated between neighbours.

    The same as PostgreSQL's ``percentile_cont`` and type 7 of Hyndman and Fan (1996).
    """
    place = (len(ordered) - 1) * share
    below = int(place)
    if below + 1 >= len(ordered):
        return float(ordered[-1])
    return ordered[below] + (ordered[below + 1] - ordered[below]) * (place - below)
