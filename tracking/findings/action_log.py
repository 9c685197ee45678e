"""What instructors did about a learner or a class, ready to be read: who, when, what about, and whether it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from tracking import lms
from tracking.events import LearnerId
from tracking.findings import actions
from tracking.models import Action, ActionKind, Audience, OutlineUnit

TOLD = frozenset(
    {
        ActionKind.SNOOZED,
        ActionKind.DISMISSED,
        ActionKind.EXCUSED,
        ActionKind.NOTED,
        ActionKind.ASSIGNED,
        ActionKind.NUDGED,
        ActionKind.UNDONE,
        ActionKind.WORSENED,
        ActionKind.REOPENED,
    }
)
"""What a history tells; that somebody saw a finding is not among it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedAction:
    """One action in words."""

    action_id: int
    verb: ActionKind
    what: str
    who: str
    """Empty where the rules did it, or the account is gone."""
    at: datetime
    until: datetime | None
    unit_key: str
    unit_title: str
    reason: str
    """Why a finding was dismissed."""
    words: str
    is_undone: bool
    may_be_undone: bool


def read_action_log(
    course_key: str, learner_id: LearnerId | None, *, audience: Audience = Audience.INSTRUCTOR, most: int = 50
) -> tuple[LoggedAction, ...]:
    """Return what one side did about a learner, or with ``None`` about the class, newest first. Two queries."""
    titles = dict(OutlineUnit.objects.filter(course_key=course_key).values_list("unit_key", "title"))
    told = (
        action
        for action in actions.action_history(course_key=course_key, learner_id=learner_id)
        if action.verb in TOLD and action.audience in ("", audience)
    )
    return tuple(_entry(action, titles) for action in islice(told, most))


def _entry(action: Action, titles: dict[str, str]) -> LoggedAction:
    is_undone = hasattr(action, "undone_by")
    return LoggedAction(
        action_id=action.pk,
        verb=ActionKind(action.verb),
        what=action.get_verb_display(),
        who=lms.get_adapter().display_name(action.actor) if action.actor is not None else "",
        at=action.at,
        until=action.until,
        unit_key=action.unit_key,
        unit_title=titles.get(action.unit_key, ""),
        reason=action.get_dismissal_display() if action.dismissal else "",
        words=action.words,
        is_undone=is_undone,
        may_be_undone=bool(action.audience) and action.verb != ActionKind.UNDONE and not is_undone,
    )
