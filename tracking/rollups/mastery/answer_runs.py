"""Runs of right answers, and wheel-spinning: many answers without such a run (Beck and Gong 2013, *Wheel-spinning*)."""

from __future__ import annotations

from collections.abc import Iterable

RUN = 3
"""Right answers in a row that show a skill."""


def longest(outcomes: Iterable[bool]) -> int:
    """Return the length of the longest run of right answers."""
    longest_run = current = 0
    for is_right in outcomes:
        current = current + 1 if is_right else 0
        longest_run = max(longest_run, current)
    return longest_run


def current_run(outcomes: Iterable[bool]) -> int:
    """Return the length of the run of right answers up to the last one; 0 after a wrong one."""
    current = 0
    for is_right in outcomes:
        current = current + 1 if is_right else 0
    return current


def is_wheel_spinning(answered_count: int, longest_run: int, *, min_answers: int, run: int = RUN) -> bool:
    """Return whether there were at least ``min_answers`` answers and never a run of ``run`` right ones."""
    return answered_count >= min_answers and longest_run < run
