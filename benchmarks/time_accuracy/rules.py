"""Calculate a learner's time by the rules of other platforms, from page requests and timer ticks of tabs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

CANVAS_SHORTEST, CANVAS_LONGEST = 120.0, 600.0
MOODLE_SESSION_GAP = 3600.0
KOLIBRI_TICK = 5.0
KOLIBRI_LONGEST_STEP = KOLIBRI_TICK * 10


@dataclass(frozen=True, slots=True)
class Tick:
    """A time in a tab, in epoch seconds: it was opened, its 5 s timer fired, or it was left."""

    at: float
    is_visible: bool


def canvas(page_views: Sequence[float]) -> float:
    """Return the seconds that Canvas counts.

    Rule: ``Enrollment::RecentActivity`` in ``app/models/enrollment/recent_activity.rb`` of instructure/canvas-lms.
    A page view less than 2 minutes after the last recorded one is not recorded. One within 10 minutes adds the whole
    gap; a longer gap adds nothing.
    """
    total = 0.0
    recorded_at: float | None = None
    for at in sorted(page_views):
        gap = CANVAS_LONGEST if recorded_at is None else at - recorded_at
        if gap < CANVAS_SHORTEST:
            continue
        total += gap if gap < CANVAS_LONGEST else 0.0
        recorded_at = at
    return total


def moodle_dedication(page_views: Sequence[float]) -> float:
    """Return the seconds that Moodle's dedication block counts.

    Rule: README of moodle-block_dedication. A session is a run of clicks with gaps up to a limit (default: one
    hour), and lasts from the first click to the last.
    """
    gaps = (after - before for before, after in pairwise(sorted(page_views)))
    return sum(gap for gap in gaps if gap <= MOODLE_SESSION_GAP)


def kolibri(tabs: Sequence[Sequence[Tick]]) -> float:
    """Return the seconds that Kolibri counts.

    Rule: ``useProgressTracking.js`` of learningequality/kolibri. Every 5 s a tab adds the time since its last
    check if it is visible and that check was at most 50 s ago. Input plays no role, and several tabs add up.
    """
    steps = (step for tab in tabs for step in pairwise(sorted(tab, key=lambda tick: tick.at)))
    return sum(
        after.at - before.at
        for before, after in steps
        if after.is_visible and after.at - before.at <= KOLIBRI_LONGEST_STEP
    )
