"""What became of the last thing that somebody did, read from the address that it led back to."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise

from tracking.dashboards.course.class_actions import InstructorAction


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionResult:
    """What to say. ``action_id`` names what can be taken back; it is 0 where nothing can."""

    is_done: bool
    action: InstructorAction
    text: str | Promise
    action_id: int


def result_of_request(request: HttpRequest) -> ActionResult | None:
    """Return what the address says was done or refused, or ``None``."""
    for name in ("done", "refused"):
        value = request.GET.get(name, "")
        if value in InstructorAction.values:
            deed = InstructorAction(value)
            given = request.GET.get("action_id", "")
            may_undo = (
                name == "done" and deed is not InstructorAction.UNDO and given.isdecimal() and len(given) < 19
            )
            return ActionResult(
                is_done=name == "done", action=deed, text=deed.label, action_id=int(given) if may_undo else 0
            )
    return None


def refused_result(deed: str) -> ActionResult:
    """Return that ``deed`` was refused just now."""
    return ActionResult(
        is_done=False, action=InstructorAction(deed), text=InstructorAction(deed).label, action_id=0
    )
