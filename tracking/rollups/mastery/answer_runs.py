"""Runs of right answers, and those who try on and on without one (Beck and Gong 2013, *Wheel-spinning*)."""

from __future__ import annotations

from collections.abc import Iterable

RUN = 3
"""Right answers in a row that show a skill."""


def longest(outcomes: Iterable[bool]) -> int:
    """Return the length of the longest run of right answers."""
    most = current = 0
    for is_right in outcomes:
        current = current + 1 if is_right else 0
        most = max(most, current)
    return most


def current_run(outcomes: Iterable[bool]) -> int:
    """Return the length of the run of right answers that is under way; 0 after a wrong one."""
    current = 0
    for is_right in outcomes:
        current = current + 1 if is_right else 0
    return current


def is_wheel_spinning(answered_count: int, longest_run: int, *, tries: int, run: int = RUN) -> bool:
    """Return whether there were at least ``tries`` answers and never a run of ``run``."""
    return answered_count >= tries and longest_run < run
