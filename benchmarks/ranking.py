"""Select the highest scores, as an instructor with little time does."""

from __future__ import annotations

from collections.abc import Sequence


def is_among_highest(scores: Sequence[float], count: int) -> list[bool]:
    """Return for each score whether it is among the ``count`` highest. Of equal scores, the first win."""
    order = sorted(range(len(scores)), key=lambda place: -scores[place])
    chosen = set(order[:count])
    return [place in chosen for place in range(len(scores))]
