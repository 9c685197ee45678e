"""The doctor's rounds: everything that is looked at, in the order of the screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from tracking.management.diagnosis import data, jobs, rules, site
from tracking.management.diagnosis.lines import Line, fault, look

BEFORE: dict[str, Callable[[datetime], Line]] = {
    "adapter": site.adapter,
    "database": site.database,
    "clock": site.clock,
    "outlines": data.outlines,
    "last event": data.last_event,
    "roll-up": data.last_rollup,
    "change log": data.change_log,
}
AFTER: dict[str, Callable[[datetime], Line]] = {
    "schedule": jobs.schedule,
    "job runs": data.job_runs,
    "quarantine": data.quarantine,
    "refusals": data.refusals,
    "content security": site.content_security,
    "retention": data.retention,
    "rules": rules.noisy_rules,
}


def go(*, now: datetime) -> list[Line]:
    """Look at everything once."""
    lines = [look(name, partial(at, now)) for name, at in BEFORE.items()]
    try:
        lines += jobs.broker_and_workers(now)
    except Exception as error:  # noqa: BLE001  As with every other line.
        lines.append(fault("broker", f"{type(error).__name__}: {error}"[:200], "See to this first."))
    return [*lines, *(look(name, partial(at, now)) for name, at in AFTER.items())]
