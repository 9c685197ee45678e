"""Figures about few people: neither shown nor to be had by taking one shown figure from another.

A figure about 27 of a class of 30 tells, beside the figure about all 30, what the other 3 did. So what is left over
must be nobody, or enough people too (complementary suppression; Hundepool and others, *Statistical Disclosure Control*,
2012, chapter 4).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

from tracking import conf

K = TypeVar("K", bound=Hashable)


def is_small(count: int) -> bool:
    """Return whether a figure about ``count`` people is not to be shown."""
    return count < conf.get_settings().MIN_GROUP_SIZE


def showable(sizes: Mapping[K, int], *, whole: int) -> set[K]:
    """Return the parts whose figures may be shown beside the figure about the whole.

    The parts share no member; ``whole`` may have members of none. Smaller parts go first, in the order of their names
    where they are as small, so that two pages hide the same ones.
    """
    by_size = sorted(sizes, key=lambda key: (sizes[key], str(key)))
    shown = [key for key in by_size if not is_small(sizes[key])]
    while shown and 0 < whole - sum(sizes[key] for key in shown) < conf.get_settings().MIN_GROUP_SIZE:
        del shown[0]
    return set(shown)
