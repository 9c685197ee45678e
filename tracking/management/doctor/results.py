"""One line of the doctor's output."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TypeAlias


class Health(StrEnum):
    """The result of one check."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """The line of one check. ``advice`` says what to do, and is empty if nothing is wrong."""

    name: str
    health: Health
    fact: str
    advice: str = ""


Check: TypeAlias = Callable[[], CheckResult]


def ok(name: str, fact: str) -> CheckResult:
    """Return a line about something that works."""
    return CheckResult(name=name, health=Health.OK, fact=fact)


def warning(name: str, fact: str, advice: str) -> CheckResult:
    """Return a line about something that works but could be better, or that cannot be known yet."""
    return CheckResult(name=name, health=Health.WARNING, fact=fact, advice=advice)


def fault(name: str, fact: str, advice: str) -> CheckResult:
    """Return a line about something that does not work."""
    return CheckResult(name=name, health=Health.FAULT, fact=fact, advice=advice)


def run_check(name: str, check: Check) -> CheckResult:
    """Return the line of ``check``, or a fault if it raises."""
    try:
        return check()
    except Exception as error:  # noqa: BLE001  One broken check must not hide the others.
        return fault(name, f"{type(error).__name__}: {str(error).strip()[:200]}", "Fix this first.")


def span_text(span: timedelta) -> str:
    """Return ``span`` in one unit, such as ``"4 min"``."""
    seconds = max(round(span.total_seconds()), 0)
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
