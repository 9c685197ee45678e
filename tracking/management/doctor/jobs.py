"""Checks that jobs run: broker, workers and schedule."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from tracking import conf, tasks
from tracking.management.doctor.results import CheckResult, fault, ok, span_text, warning
from tracking.models import JobRun

BROKER_TIMEOUT_SECONDS = 3.0
"""How long to wait for the broker. Without a limit, an unreachable host name or network hangs for minutes."""

WORKER_SECONDS = 1.0

T = TypeVar("T")


class _TimedCall(Generic[T]):
    """The result or error of a call in another thread, if it returned in time."""

    def __init__(self, call: Callable[[], T]) -> None:
        self.value: T | None = None
        self.error: Exception | None = None
        self._call = call

    def wait(self) -> bool:
        """Make the call. Return whether it returned in time."""
        # A daemon thread, so that a broker that hangs does not keep the command from exiting.
        thread = threading.Thread(target=self._run, daemon=True)
        thread.start()
        thread.join(BROKER_TIMEOUT_SECONDS)
        return not thread.is_alive()

    def _run(self) -> None:
        try:
            self.value = self._call()
        except Exception as error:  # noqa: BLE001  Stored for the thread that waits.
            self.error = error


def check_broker_and_workers(now: datetime) -> list[CheckResult]:
    """Check that the broker answers, and if it does, which workers do."""
    if not tasks.is_celery_configured():
        advice = "Run manage.py tracking_rollup from cron or as a service, or set up Celery."
        fact = "none: this site has no Celery app and names no broker, so none was asked."
        return [ok("broker", fact) if _uses_command(now) else warning("broker", fact, advice)]
    address = tasks.broker_address()
    answer = _TimedCall(tasks.ping_broker)
    returned = answer.wait()
    if not returned or answer.error is not None:
        reason = (
            f"{type(answer.error).__name__}: {answer.error}"[:160] if answer.error else "no answer in time"
        )
        advice = "Start it, or correct CELERY_BROKER_URL. Without Celery, run manage.py tracking_rollup."
        if _uses_command(now):
            return [ok("broker", "none needed: manage.py tracking_rollup runs the jobs.")]
        line = warning if _has_run_lately(now) else fault
        return [line("broker", f"{address} does not answer ({reason}).", advice)]
    return [ok("broker", f"{address} answers."), _workers(now)]


def check_schedule(now: datetime) -> CheckResult:
    """Check that the beat schedule has our jobs, and that beat runs."""
    missing = sorted(set(conf.beat_schedule()) - tasks.find_scheduled_tasks())
    if _uses_command(now):
        return ok("schedule", "none, and none needed: manage.py tracking_rollup runs the jobs.")
    if missing:
        advice = "Set CELERY_BEAT_SCHEDULE = {**tracking.conf.beat_schedule(TRACKING)}."
        return fault("schedule", f"{', '.join(missing)} missing.", advice)
    run = JobRun.objects.filter(job="refresh_outlines").order_by("-started_at").first()
    every = timedelta(seconds=conf.get_settings().OUTLINE_EVERY_SECONDS)
    if run is None or now - run.started_at > 3 * every:
        last = (
            f"outlines last refreshed {span_text(now - run.started_at)} ago" if run else "it has not run yet"
        )
        return warning("schedule", f"complete, but {last}.", "Check that Celery beat is running.")
    return ok("schedule", f"complete; outlines were refreshed {span_text(now - run.started_at)} ago.")


def _workers(now: datetime) -> CheckResult:
    if tasks.is_in_process():
        if _has_run_lately(now):
            return ok("workers", "inside the web process; one ran recently.")
        return warning(
            "workers",
            "inside the web process, so they cannot be checked from here.",
            "Check that the site is running.",
        )
    if _uses_command(now):
        return ok("workers", "none needed: manage.py tracking_rollup runs the jobs.")
    answer = _TimedCall(lambda: tasks.workers(WORKER_SECONDS))
    if not answer.wait() or not answer.value:
        return fault("workers", "no worker answers.", "Run celery -A PROJECT worker.")
    ours = sorted(name for name, takes_ours in answer.value.items() if takes_ours)
    queue = conf.get_settings().CELERY_QUEUE
    if not ours:
        fact = f"{len(answer.value)} answer, but none takes the queue {queue!r}."
        return fault("workers", fact, f"Start one with -Q {queue}, or add it to the -Q of a running one.")
    return ok("workers", f"{len(ours)} take the queue {queue!r}: {', '.join(ours[:3])}.")


def _uses_command(now: datetime) -> bool:
    """Return whether jobs run although none is scheduled, for example because cron runs the command."""
    return not tasks.find_scheduled_tasks() & set(conf.beat_schedule()) and _has_run_lately(now)


def _has_run_lately(now: datetime) -> bool:
    return JobRun.objects.filter(started_at__gt=now - timedelta(minutes=15)).exists()
