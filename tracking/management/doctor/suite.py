"""The doctor's rounds: everything that is looked at, in the order of the screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from tracking.management.doctor import data, jobs, noisy_rules, site
from tracking.management.doctor.results import CheckResult, fault, run_check

BEFORE: dict[str, Callable[[datetime], CheckResult]] = {
    "adapter": site.check_adapter,
    "database": site.check_database,
    "clock": site.check_clock,
    "outlines": data.check_outlines,
    "last event": data.check_last_event,
    "rollup": data.check_last_rollup,
    "change queue": data.check_pending_changes,
}
AFTER: dict[str, Callable[[datetime], CheckResult]] = {
    "schedule": jobs.check_schedule,
    "job runs": data.check_job_runs,
    "quarantine": data.check_quarantine,
    "rejections": data.check_rejections,
    "content security": site.check_content_security,
    "retention": data.check_retention,
    "rules": noisy_rules.check_noisy_rules,
}


def run_all_checks(*, now: datetime) -> list[CheckResult]:
    """Look at everything once."""
    lines = [run_check(name, partial(at, now)) for name, at in BEFORE.items()]
    try:
        lines += jobs.check_broker_and_workers(now)
    except Exception as error:  # noqa: BLE001  As with every other line.
        lines.append(fault("broker", f"{type(error).__name__}: {error}"[:200], "Fix this first."))
    return [*lines, *(run_check(name, partial(at, now)) for name, at in AFTER.items())]
