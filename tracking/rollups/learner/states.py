"""Where a learner stands with a unit: one pure function, used everywhere.

The first rule that fits wins. *Skimmed* is asked before *in progress*: whoever is at the end in a fifth of the time is
through with it, not under way.
"""

from __future__ import annotations

from typing import NamedTuple

from tracking.conf import TrackingSettings
from tracking.events import UnitKind
from tracking.models import UnitState


class AttemptFacts(NamedTuple):
    """The attempts of one learner at one unit: how many were begun and submitted, and how they ended."""

    started_count: int = 0
    submitted_count: int = 0
    is_passed: bool | None = None
    """Whether any attempt passed; ``None`` where no graded attempt says."""
    is_graded: bool = False
    """Whether any submitted attempt has a result."""


NO_ATTEMPTS = AttemptFacts()


class UnitFacts(NamedTuple):
    """All that the state of one unit depends on. ``active_ms`` holds estimated time where none was measured."""

    kind: UnitKind
    is_available: bool = True
    is_exempt: bool = False
    is_required: bool = True
    is_host_completed: bool = False
    is_opened: bool = False
    has_time: bool = True
    """False where accesses are known and time is not: an imported log. Then opening it is engagement."""
    active_ms: int = 0
    scroll_percent: int = 0
    expected_seconds: int | None = None
    attempts: AttemptFacts = NO_ATTEMPTS
    is_later_engaged: bool = False
    is_due_passed: bool = False
    is_shared: bool = True
    """False where the learner lets no views be recorded: then an unopened unit may have been read all the same."""


def unit_state(unit: UnitFacts, rules: TrackingSettings) -> UnitState:
    """Return the state of ``unit``, with thresholds from ``rules``."""
    if unit.is_exempt:
        return UnitState.EXCUSED
    if not unit.is_available:
        return UnitState.LOCKED
    if _is_completed(unit, rules):
        return UnitState.COMPLETED
    if unit.attempts.submitted_count:
        return UnitState.FAILED if unit.attempts.is_graded else UnitState.SUBMITTED
    return _state_of_unfinished(unit, rules)


def is_engaged(unit: UnitFacts, rules: TrackingSettings) -> bool:
    """Return whether the learner did something in ``unit``, more than open it."""
    return (
        unit.is_host_completed
        or unit.attempts.started_count > 0
        or (unit.is_opened and not unit.has_time)
        or unit.active_ms >= rules.ENGAGED_SECONDS * 1000
    )


def is_faster_than_reading(active_ms: int, expected_seconds: int | None, rules: TrackingSettings) -> bool:
    """Return whether nobody can have read in ``active_ms`` what should take so long; never where that is unknown."""
    return active_ms < rules.SKIMMED_SHARE * (expected_seconds or 0) * 1000


def _state_of_unfinished(unit: UnitFacts, rules: TrackingSettings) -> UnitState:
    if _is_skimmed(unit, rules):
        return UnitState.SKIMMED
    if is_engaged(unit, rules):
        return UnitState.IN_PROGRESS
    if unit.is_opened:
        return UnitState.BOUNCED
    if unit.is_required and unit.is_shared and (unit.is_later_engaged or unit.is_due_passed):
        return UnitState.SKIPPED
    return UnitState.NOT_REACHED


def _is_completed(unit: UnitFacts, rules: TrackingSettings) -> bool:
    if unit.is_host_completed or unit.attempts.is_passed:
        return True
    if unit.attempts.submitted_count:
        return unit.attempts.is_graded and unit.attempts.is_passed is None
    return (
        unit.kind is not UnitKind.QUIZ
        and unit.active_ms >= rules.ENGAGED_SECONDS * 1000
        and _is_end_reached(unit, rules)
        and not is_faster_than_reading(unit.active_ms, unit.expected_seconds, rules)
    )


def _is_skimmed(unit: UnitFacts, rules: TrackingSettings) -> bool:
    # A quiz is not there to be read, and whoever has begun an attempt is under way.
    is_for_reading = unit.kind is not UnitKind.QUIZ and not unit.attempts.started_count
    is_hasty = is_faster_than_reading(unit.active_ms, unit.expected_seconds, rules)
    return is_for_reading and _is_end_reached(unit, rules) and is_hasty


def _is_end_reached(unit: UnitFacts, rules: TrackingSettings) -> bool:
    return unit.scroll_percent >= rules.END_REACHED_PERCENT
