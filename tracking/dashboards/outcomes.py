"""What became of the last thing that somebody did, read from the address that it led back to."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise

from tracking.dashboards.class_actions import Deed


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What to say. ``action_id`` names what can be taken back; it is 0 where nothing can."""

    is_done: bool
    deed: Deed
    words: str | Promise
    action_id: int


def of(request: HttpRequest) -> Outcome | None:
    """Return what the address says was done or refused, or ``None``."""
    for name in ("done", "refused"):
        value = request.GET.get(name, "")
        if value in Deed.values:
            deed = Deed(value)
            given = request.GET.get("action", "")
            may_undo = name == "done" and deed is not Deed.UNDO and given.isdecimal() and len(given) < 19
            return Outcome(
                is_done=name == "done", deed=deed, words=deed.label, action_id=int(given) if may_undo else 0
            )
    return None


def refused(deed: str) -> Outcome:
    """Return that ``deed`` was refused just now."""
    return Outcome(is_done=False, deed=Deed(deed), words=Deed(deed).label, action_id=0)
