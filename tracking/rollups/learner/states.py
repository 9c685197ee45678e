"""The state of a learner in a unit: one pure function, used everywhere.

The first condition that fits decides. *Skimmed* is checked before *in progress*: a learner who reached the end in a
fifth of the expected time is through with the unit.
"""

from __future__ import annotations

from typing import NamedTuple

from tracking.conf import TrackingSettings
from tracking.events import UnitKind
from tracking.models import UnitState


class AttemptFacts(NamedTuple):
    """The attempts of one learner at one unit: how many were started and submitted, and their result."""

    started_count: int = 0
    submitted_count: int = 0
    is_passed: bool | None = None
    """Whether any attempt passed; ``None`` if no graded attempt says."""
    is_graded: bool = False
    """Whether any submitted attempt has a result."""


NO_ATTEMPTS = AttemptFacts()


class UnitFacts(NamedTuple):
    """Everything on which the state of one unit depends. ``spent_ms`` is ``definitions.times.spent_ms``."""

    kind: UnitKind
    is_available: bool = True
    is_excused: bool = False
    is_required: bool = True
    is_host_completed: bool = False
    is_opened: bool = False
    has_time: bool = True
    """False if accesses are known and time is not, as in an imported log.

    Then opening the unit counts as engagement.
    """
    spent_ms: int = 0
    scroll_percent: int = 0
    expected_seconds: int | None = None
    attempts: AttemptFacts = NO_ATTEMPTS
    is_later_engaged: bool = False
    is_due_passed: bool = False
    is_shared: bool = True
    """False if the learner does not let page views be recorded: then an unopened unit may still have been read."""


def unit_state(unit: UnitFacts, settings: TrackingSettings) -> UnitState:
    """Return the state of ``unit``, with the thresholds in ``settings``."""
    if unit.is_excused:
        return UnitState.EXCUSED
    if not unit.is_available:
        return UnitState.LOCKED
    if _is_completed(unit, settings):
        return UnitState.COMPLETED
    if unit.attempts.submitted_count:
        return UnitState.FAILED if unit.attempts.is_graded else UnitState.SUBMITTED
    return _state_of_unfinished(unit, settings)


def is_engaged(unit: UnitFacts, settings: TrackingSettings) -> bool:
    """Return whether the learner did more in ``unit`` than open it."""
    return (
        unit.is_host_completed
        or unit.attempts.started_count > 0
        or (unit.is_opened and not unit.has_time)
        or unit.spent_ms >= settings.ENGAGED_SECONDS * 1000
    )


def is_faster_than_reading(spent_ms: int, expected_seconds: int | None, settings: TrackingSettings) -> bool:
    """Return whether ``spent_ms`` is too short to have read the unit; never if the expected time is unknown."""
    return spent_ms < settings.SKIMMED_SHARE * (expected_seconds or 0) * 1000


def _state_of_unfinished(unit: UnitFacts, settings: TrackingSettings) -> UnitState:
    if _is_skimmed(unit, settings):
        return UnitState.SKIMMED
    if is_engaged(unit, settings):
        return UnitState.IN_PROGRESS
    if unit.is_opened:
        return UnitState.BOUNCED
    # A learner who does not share activity is never called skipped: an unopened unit may still have been read.
    if unit.is_required and unit.is_shared and (unit.is_later_engaged or unit.is_due_passed):
        return UnitState.SKIPPED
    return UnitState.NOT_REACHED


def _is_completed(unit: UnitFacts, settings: TrackingSettings) -> bool:
    if unit.is_host_completed or unit.attempts.is_passed:
        return True
    if unit.attempts.submitted_count:
        # A graded quiz without a pass mark is completed by submitting it.
        return unit.attempts.is_graded and unit.attempts.is_passed is None
    return (
        unit.kind is not UnitKind.QUIZ
        and unit.spent_ms >= settings.ENGAGED_SECONDS * 1000
        and _is_end_reached(unit, settings)
        and not is_faster_than_reading(unit.spent_ms, unit.expected_seconds, settings)
    )


def _is_skimmed(unit: UnitFacts, settings: TrackingSettings) -> bool:
    # A quiz is not for reading, and a learner who has started an attempt is in progress.
    is_for_reading = unit.kind is not UnitKind.QUIZ and not unit.attempts.started_count
    is_fast = is_faster_than_reading(unit.spent_ms, unit.expected_seconds, settings)
    return is_for_reading and _is_end_reached(unit, settings) and is_fast


def _is_end_reached(unit: UnitFacts, settings: TrackingSettings) -> bool:
    return unit.scroll_percent >= settings.END_REACHED_PERCENT
