"""Statistical disclosure control for readers who may not see persons: groups only, also by subtraction.

A figure about 27 learners of a class of 30, compared with the figure about all 30, reveals what the other 3 did. So
the people left over must be none, or enough (complementary suppression; Hundepool and others, *Statistical Disclosure
Control*, 2012, chapter 4). Who is in a figure at all: ``tracking.privacy.groups``.
"""

from __future__ import annotations

from tracking import conf


def is_small(count: int) -> bool:
    """Return whether a figure about ``count`` people must be hidden."""
    return count < conf.get_settings().MIN_GROUP_SIZE


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
