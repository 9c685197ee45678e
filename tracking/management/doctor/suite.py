"""All checks of the doctor, in the order of its output."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from tracking.management.doctor import data, jobs, noisy_rules, site, web
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
    "reported time": data.check_reported_time,
    "content security": web.check_content_security,
    "static files": web.check_static_files,
    "cache": web.check_shared_cache,
    "retention": data.check_retention,
    "rules": noisy_rules.check_noisy_rules,
}


def run_all_checks(*, now: datetime) -> list[CheckResult]:
    """Run every check once. A check that raises gives a line with a fault."""
    lines = [run_check(name, partial(check, now)) for name, check in BEFORE.items()]
    try:
        lines += jobs.check_broker_and_workers(now)
    except Exception as error:  # noqa: BLE001  As in run_check().
        lines.append(fault("broker", f"{type(error).__name__}: {error}"[:200], "Fix this first."))
    return [*lines, *(run_check(name, partial(check, now)) for name, check in AFTER.items())]
