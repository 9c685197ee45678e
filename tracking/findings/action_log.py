"""What instructors did about a learner or a class, ready to be read: who, when, what about, and whether it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from tracking import lms
from tracking.events import LearnerId
from tracking.findings import actions
from tracking.models import Action, ActionKind, Audience, OutlineUnit

SHOWN_KINDS = frozenset(
    {
        ActionKind.SNOOZED,
        ActionKind.DISMISSED,
        ActionKind.EXCUSED,
        ActionKind.NOTED,
        ActionKind.REVIEW_ASSIGNED,
        ActionKind.NUDGED,
        ActionKind.UNDONE,
        ActionKind.RESURFACED,
        ActionKind.REOPENED,
    }
)
"""The kinds that the action log shows. That a finding was seen is not among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedAction:
    """One action in words."""

    action_id: int
    kind: ActionKind
    subject_title: str
    actor_name: str
    """Empty where the rules did it, or the account is gone."""
    happened_at: datetime
    snoozed_until: datetime | None
    unit_key: str
    unit_title: str
    reason: str
    """Why a finding was dismissed."""
    text: str
    is_undone: bool
    may_be_undone: bool


def read_action_log(
    course_key: str, learner_id: LearnerId | None, *, audience: Audience = Audience.INSTRUCTOR, most: int = 50
) -> tuple[LoggedAction, ...]:
    """Return what one side did about a learner, or with ``None`` about the class, newest first. Two queries."""
    titles = dict(OutlineUnit.objects.filter(course_key=course_key).values_list("unit_key", "title"))
    shown = (
        action
        for action in actions.action_history(course_key=course_key, learner_id=learner_id)
        if action.kind in SHOWN_KINDS and action.audience in ("", audience)
    )
    return tuple(_entry(action, titles) for action in islice(shown, most))


def _entry(action: Action, titles: dict[str, str]) -> LoggedAction:
    is_undone = hasattr(action, "undone_by")
    return LoggedAction(
        action_id=action.pk,
        kind=ActionKind(action.kind),
        subject_title=action.get_kind_display(),
        actor_name=lms.get_adapter().display_name(action.actor) if action.actor is not None else "",
        happened_at=action.happened_at,
        snoozed_until=action.snoozed_until,
        unit_key=action.unit_key,
        unit_title=titles.get(action.unit_key, ""),
        reason=action.get_dismiss_reason_display() if action.dismiss_reason else "",
        text=action.text,
        is_undone=is_undone,
        may_be_undone=bool(action.audience) and action.kind != ActionKind.UNDONE and not is_undone,
    )
