"""Statistical disclosure control: hide figures about groups that are too small, also from subtraction.

A figure about 27 learners of a class of 30, compared with the figure about all 30, reveals what the other 3 did. So
the people left over by the shown parts must be none, or enough (complementary suppression; Hundepool and others,
*Statistical Disclosure Control*, 2012, chapter 4).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

from tracking import conf

K = TypeVar("K", bound=Hashable)


def is_small(count: int) -> bool:
    """Return whether a figure about ``count`` people must be hidden."""
    return count < conf.get_settings().MIN_GROUP_SIZE


def showable(sizes: Mapping[K, int], *, whole: int) -> set[K]:
    """Return the parts whose figures may be shown next to the figure about the whole.

    The parts are disjoint; ``whole`` may include people who are in no part. The smallest part is hidden first, and of
    equally small ones the first by name.
    """
    # Two pages must hide the same parts: if each showed another, the reader could subtract one page from the other.
    by_size = sorted(sizes, key=lambda key: (sizes[key], str(key)))
    shown = [key for key in by_size if not is_small(sizes[key])]
    while shown and 0 < whole - sum(sizes[key] for key in shown) < conf.get_settings().MIN_GROUP_SIZE:
        del shown[0]
    return set(shown)


LEAST_SHARE = 0.1
"""A share below it, or above 1 less this, says of each person what they did: it is shown as under 10 % or over 90 %."""


def closed_sql(people: str, *, whole: str) -> str:
    """Return the SQL condition that a figure about ``people`` may be shown next to figures about the ``whole``."""
    minimum = conf.get_settings().MIN_GROUP_SIZE
    rest = f"(COALESCE({whole}, {people}) - {people})"
    # More people than the whole, as before the next rollup, say nothing certain about the rest.
    return f"({people} >= {minimum} AND ({rest} = 0 OR {rest} >= {minimum}))"


def unseen_share_sql(share: str) -> str:
    """Return the SQL expression of a ``share`` of people whom the reader may not see, from 0.1 to 0.9."""
    most = 1 - LEAST_SHARE
    return f"CASE WHEN {share} < {LEAST_SHARE} THEN {LEAST_SHARE} WHEN {share} > {most} THEN {most} ELSE {share} END"
