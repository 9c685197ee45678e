"""Arithmetic of half-open spans of time, in epoch milliseconds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tracking.exceptions import InvalidSpan

Span = tuple[int, int]
"""``[start, end)`` in epoch milliseconds."""


def union(spans: Iterable[Span]) -> list[Span]:
    """Return disjoint, ascending spans that cover the same time as ``spans``; empty ones vanish.

    Raises ``InvalidSpan`` if an end precedes its start.
    """
    merged: list[Span] = []
    for start, end in sorted(spans):
        if end < start:
            raise InvalidSpan(f"The span {(start, end)!r} ends before it starts. Swap its ends or drop it.")
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        elif start < end:
            merged.append((start, end))
    return merged


def total(spans: Iterable[Span]) -> int:
    """Return the milliseconds covered by ``spans``, counting overlaps once."""
    return disjoint_ms(union(spans))


def disjoint_ms(disjoint: Iterable[Span]) -> int:
    """Return the milliseconds covered by spans that do not overlap."""
    return sum([end - start for start, end in disjoint])


def clip(spans: Iterable[Span], window: Span) -> list[Span]:
    """Return the parts of ``spans`` that lie in ``window``."""
    low, high = window
    return [(max(start, low), min(end, high)) for start, end in spans if start < high and end > low]


def hull(spans: Sequence[Span]) -> Span:
    """Return the shortest span that contains all of ``spans``, of which there is at least one."""
    return min(spans)[0], max([end for _, end in spans])


def first_ms(disjoint: Iterable[Span], limit_ms: int) -> list[Span]:
    """Return the first ``limit_ms`` milliseconds of disjoint, ascending spans."""
    kept: list[Span] = []
    left_ms = limit_ms
    for start, end in disjoint:
        if left_ms <= 0:
            break
        kept.append((start, min(end, start + left_ms)))
        left_ms -= end - start
    return kept


def subtract(disjoint: Iterable[Span], removed: Iterable[Span]) -> list[Span]:
    """Return the parts of ``disjoint`` that no span of ``removed`` covers; both are disjoint and ascending."""
    holes = list(removed)
    kept: list[Span] = []
    for start, end in disjoint:
        low = start
        for hole_start, hole_end in holes:
            if hole_end <= low or hole_start >= end:
                continue
            if low < hole_start:
                kept.append((low, hole_start))
            low = max(low, hole_end)
        if low < end:
            kept.append((low, end))
    return kept
