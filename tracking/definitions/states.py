"""The states of a unit for a learner, and which of them count as what; ``rollups.learner.states`` derives them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from tracking.events import UnitKind


class UnitState(TextChoices):
    """Where one learner is with one unit; ``rollups.learner.states`` says when each holds."""

    EXCUSED = "excused", _("excused")
    LOCKED = "locked", _("locked")
    COMPLETED = "completed", _("completed")
    SUBMITTED = "submitted", _("awaiting grading")
    FAILED = "failed", _("not passed yet")
    SKIMMED = "skimmed", _("skimmed")
    IN_PROGRESS = "in_progress", _("in progress")
    BOUNCED = "bounced", _("opened briefly")
    SKIPPED = "skipped", _("skipped")
    NOT_REACHED = "not_reached", _("not reached")


NOT_COUNTED = frozenset({UnitState.EXCUSED, UnitState.LOCKED})
"""Out of every denominator."""

REACHED = frozenset(
    {
        UnitState.COMPLETED,
        UnitState.SUBMITTED,
        UnitState.FAILED,
        UnitState.SKIMMED,
        UnitState.IN_PROGRESS,
        UnitState.BOUNCED,
    }
)
"""Opened at all, or attempted."""

UNOPENED = frozenset({UnitState.SKIPPED, UnitState.NOT_REACHED})
"""The complement of ``REACHED`` among what counts."""

WORKED_ON = REACHED - {UnitState.BOUNCED}
"""More was done than opening it."""

NOT_BEGUN = UNOPENED | {UnitState.BOUNCED}
"""The complement of ``WORKED_ON`` among what counts: a glance does not begin a unit."""

DONE = frozenset({UnitState.COMPLETED, UnitState.SUBMITTED})
"""Nothing is left for the learner to do: a submitted attempt waits for its grade."""

GAPS = frozenset({UnitState.SKIPPED, UnitState.SKIMMED, UnitState.BOUNCED})
"""The gaps of a learner, if the unit is required."""

NOT_COVERED = UNOPENED | {UnitState.SKIMMED, UnitState.BOUNCED}
"""In these a lesson cannot have helped with a question about it."""

ON_RECORD = NOT_COUNTED | {UnitState.COMPLETED}
"""Follow from the course record, so they are known even of a learner who does not share their activity."""


def counts_for_progress(state: UnitState, *, is_required: bool) -> bool:
    """Return whether a unit is in the denominator of the learner's progress."""
    return is_required and state not in NOT_COUNTED


def own_due_dates(stored: Mapping[str, str] | None) -> dict[str, datetime]:
    """Return the due dates that a learner has of their own, by unit key, as ``Enrolment.due_at`` stores them."""
    return {key: datetime.fromisoformat(text) for key, text in (stored or {}).items()}


def is_overdue(state: UnitState, due_at: datetime | None, *, now: datetime) -> bool:
    """Return whether the due date has passed and something is left to do: a flag next to the state, never a state."""
    return due_at is not None and due_at < now and state not in DONE | NOT_COUNTED


def is_shown(state: UnitState, kind: str, *, is_shared: bool) -> bool:
    """Return whether ``state`` is known of a learner, who may not share their activity (``is_shared``)."""
    return is_shared or kind == UnitKind.QUIZ or state in ON_RECORD


def module_state(counted: Collection[UnitState]) -> UnitState | None:
    """Return the state of a module from those of its units that count for progress; ``None`` if there are none.

    Completed if all its units are, skipped or not reached if none of them was opened, and else in progress.
    """
    different = set(counted)
    if not different:
        return None
    if different == {UnitState.COMPLETED}:
        return UnitState.COMPLETED
    if different <= UNOPENED:
        return UnitState.SKIPPED if UnitState.SKIPPED in different else UnitState.NOT_REACHED
    return UnitState.IN_PROGRESS
