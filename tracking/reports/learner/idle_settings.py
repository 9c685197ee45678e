"""The idle rule as it was: a statement about last year goes by the setting of last year.

The setting in force is noted with the first roll-up that finds it changed, so a change is dated to the minute or so.
Before the first note there is none, and what was noted first is taken to have held.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tracking import conf
from tracking.models import IdleSetting


@dataclass(frozen=True, slots=True, kw_only=True)
class IdlePeriod:
    """Without input for longer than ``idle_seconds``, time did not count as active."""

    since: datetime | None
    """``None`` for the first rule on record."""
    idle_seconds: int


def note_idle_setting(*, now: datetime) -> None:
    """Note the setting in force where it is another than the one noted last. Safe to run twice."""
    seconds = conf.get_settings().IDLE_SECONDS
    last = IdleSetting.objects.order_by("since", "pk").last()
    if last is None or last.idle_seconds != seconds:
        IdleSetting.objects.get_or_create(since=now, idle_seconds=seconds)


def find_idle_settings() -> list[IdlePeriod]:
    """Return every rule there was, the first one first; without a note, the one in force."""
    rules: list[IdlePeriod] = []
    for row in IdleSetting.objects.order_by("since", "pk"):
        if not rules or rules[-1].idle_seconds != row.idle_seconds:
            rules.append(IdlePeriod(since=row.since if rules else None, idle_seconds=row.idle_seconds))
    return rules or [IdlePeriod(since=None, idle_seconds=conf.get_settings().IDLE_SECONDS)]


def idle_settings_within(
    rules: Sequence[IdlePeriod], start: datetime, end: datetime
) -> tuple[IdlePeriod, ...]:
    """Return those of ``rules`` by which time in ``[start, end)`` was counted."""
    first = rules.index(idle_setting_at(rules, start))
    return tuple(rule for rule in rules[first:] if rule.since is None or rule.since < end)


def idle_setting_at(rules: Sequence[IdlePeriod], moment: datetime) -> IdlePeriod:
    """Return the rule that held at ``moment``."""
    return next(rule for rule in reversed(rules) if rule.since is None or rule.since <= moment)
