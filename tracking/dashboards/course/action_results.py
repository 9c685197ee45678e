"""Result of the last action, read from the query string of the page that it redirected to."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise

from tracking.dashboards.course.class_actions import InstructorAction


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionResult:
    """The result to show. ``action_id`` is the action that can be undone; 0 if there is none."""

    is_done: bool
    action: InstructorAction
    text: str | Promise
    action_id: int


def result_of_request(request: HttpRequest) -> ActionResult | None:
    """Return the action that the query string reports as done or refused, or ``None``."""
    for name in ("done", "refused"):
        value = request.GET.get(name, "")
        if value in InstructorAction.values:
            action = InstructorAction(value)
            action_id = request.GET.get("action_id", "")
            # At most 18 digits: a larger number overflows the database column, and the query would raise.
            may_undo = (
                name == "done"
                and action is not InstructorAction.UNDO
                and action_id.isdecimal()
                and len(action_id) < 19
            )
            return ActionResult(
                is_done=name == "done",
                action=action,
                text=action.label,
                action_id=int(action_id) if may_undo else 0,
            )
    return None


def refused_result(action: str) -> ActionResult:
    """Return the result that ``action`` was refused."""
    return ActionResult(
        is_done=False, action=InstructorAction(action), text=InstructorAction(action).label, action_id=0
    )
