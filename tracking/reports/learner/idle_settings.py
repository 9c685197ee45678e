"""The history of the idle rule: a statement about last year uses the setting of last year.

The first rollup that finds the setting changed records it, so a change is dated to about a minute.
Before the first record, the rule recorded first is assumed to have applied.
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
    """Record the current setting if it differs from the last one recorded. Safe to run twice."""
    seconds = conf.get_settings().IDLE_SECONDS
    last = IdleSetting.objects.order_by("since", "pk").last()
    if last is None or last.idle_seconds != seconds:
        IdleSetting.objects.get_or_create(since=now, idle_seconds=seconds)


def find_idle_settings() -> list[IdlePeriod]:
    """Return every recorded rule, oldest first; without a record, the current one."""
    rules: list[IdlePeriod] = []
    for row in IdleSetting.objects.order_by("since", "pk"):
        if not rules or rules[-1].idle_seconds != row.idle_seconds:
            rules.append(IdlePeriod(since=row.since if rules else None, idle_seconds=row.idle_seconds))
    return rules or [IdlePeriod(since=None, idle_seconds=conf.get_settings().IDLE_SECONDS)]


def idle_settings_within(
    rules: Sequence[IdlePeriod], start: datetime, end: datetime
) -> tuple[IdlePeriod, ...]:
    """Return those of ``rules`` that applied to any time in ``[start, end)``."""
    first = rules.index(idle_setting_at(rules, start))
    return tuple(rule for rule in rules[first:] if rule.since is None or rule.since < end)


def idle_setting_at(rules: Sequence[IdlePeriod], moment: datetime) -> IdlePeriod:
    """Return the rule that applied at ``moment``."""
    return next(rule for rule in reversed(rules) if rule.since is None or rule.since <= moment)
