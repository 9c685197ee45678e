"""Celery's way in: thin tasks, safe to run twice. A lost message costs seconds: the schedule finds the marks too."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from celery import current_app, shared_task
from celery.signals import celeryd_init
from django.core.cache import cache
from django.utils import timezone

from tracking import conf, jobs, scrubbing
from tracking.exceptions import JobFailed

log = logging.getLogger("tracking.tasks")

HINT_SECONDS = 1
"""Hints within this time of one another are one: the roll-up starts that much later and takes in all of them."""


def sanitize_errors(work: Callable[[], None]) -> Callable[[], None]:
    """Let a task fail with what may be told of its error: Celery logs the rest, and hands it to whoever listens."""

    @wraps(work)
    def run() -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001  Whatever it is, the next line raises again what may be told of it.
            raise JobFailed(scrubbing.describe_error(error)).with_traceback(error.__traceback__) from None

    return run


@shared_task(name="tracking.roll_up", ignore_result=True, acks_late=True)
@sanitize_errors
def roll_up() -> None:
    """Roll up whatever has changed and bring findings into step. Safe to run twice: without marks it does nothing."""
    jobs.roll_up(now=timezone.now())


@shared_task(name="tracking.refresh_outlines", ignore_result=True, acks_late=True)
@sanitize_errors
def refresh_outlines() -> None:
    """Read outlines and enrolments from the host. Safe to run twice: only a difference is written."""
    jobs.refresh_outlines(now=timezone.now())


@shared_task(name="tracking.release_quarantine", ignore_result=True, acks_late=True)
@sanitize_errors
def release_quarantine() -> None:
    """Bring back from quarantine what is known by now. Safe to run twice: what was brought back is not held."""
    jobs.release_quarantine(now=timezone.now())


@shared_task(name="tracking.mark_running_courses_changed", ignore_result=True, acks_late=True)
@sanitize_errors
def mark_running_courses_changed() -> None:
    """Mark what the calendar makes due. Safe to run twice: a second mark leads to the same rows."""
    jobs.mark_running_courses_changed(now=timezone.now())


@shared_task(name="tracking.send_deliveries", ignore_result=True, acks_late=True)
@sanitize_errors
def send_deliveries() -> None:
    """Send what waits for other systems. Safe to run twice: what was delivered does not wait."""
    jobs.send_deliveries(now=timezone.now())


@shared_task(name="tracking.purge_expired", ignore_result=True, acks_late=True)
@sanitize_errors
def purge_expired() -> None:
    """Delete raw events that are older than they may be. Safe to run twice: what is gone is not found again."""
    jobs.purge_expired(now=timezone.now())


@shared_task(name="tracking.prepare_downloads", ignore_result=True, acks_late=True)
@sanitize_errors
def prepare_downloads() -> None:
    """Make the files that learners asked for. Safe to run twice: what is made does not wait."""
    jobs.prepare_downloads(now=timezone.now())


def trigger_downloads() -> None:
    """Ask for the files that learners wait for. The message names nobody; without a broker the schedule finds them."""
    try:
        prepare_downloads.apply_async(retry=False, queue=conf.get_settings().CELERY_QUEUE, ignore_result=True)
    except Exception as error:  # noqa: BLE001  Each broker has errors of its own.
        log.warning("Cannot trigger the creation of downloads (%s).", type(error).__name__)


def trigger_rollup() -> None:
    """Ask for a roll-up soon. Never raises: without a broker the schedule does the work a little later."""
    try:
        if not cache.add("tracking:hint", 1, HINT_SECONDS):
            return
    except Exception as error:  # noqa: BLE001  Each cache has errors of its own, and one hint too many does no harm.
        log.warning("Cannot read from the cache whether a rollup was triggered (%s).", type(error).__name__)
    try:
        roll_up.apply_async(
            countdown=HINT_SECONDS, retry=False, queue=conf.get_settings().CELERY_QUEUE, ignore_result=True
        )
    except Exception as error:  # noqa: BLE001  Each broker has errors of its own for being away, full or misled.
        log.warning("Cannot trigger a rollup (%s). The schedule will pick up the work.", type(error).__name__)


@celeryd_init.connect
def add_tracking_queue(instance: Any, options: Mapping[str, Any], **_: Any) -> None:
    """Have a worker that was not told its queues take ours beside its default one."""
    queues, name = instance.app.amqp.queues, conf.get_settings().CELERY_QUEUE
    # A host that forbids queues which it did not declare has to declare ours, and then takes it already.
    if not options.get("queues") and instance.app.conf.task_create_missing_queues:
        queues.select_add(queues[name])


def broker_address() -> str:
    """Return where jobs are handed on, without the password."""
    return str(current_app.connection_for_write().as_uri())


def is_in_process() -> bool:
    """Return whether the broker lives in the process that uses it, so that no other process sees it."""
    return str(current_app.connection_for_write().transport_cls or "").startswith("memory")


def ping_broker() -> None:
    """Connect to the broker. Raises what that raises; may hang as long as a name or a network does."""
    with current_app.connection_for_write() as connection:
        connection.connect()


def workers(seconds: float) -> dict[str, bool]:
    """Return the names of the workers that answer within ``seconds``, and whether each takes our queue."""
    queues_of = current_app.control.inspect(timeout=seconds).active_queues() or {}
    queue = conf.get_settings().CELERY_QUEUE
    return {name: queue in {each["name"] for each in queues} for name, queues in queues_of.items()}


def find_scheduled_tasks() -> set[str]:
    """Return the tasks on the beat schedule of the host's Celery app."""
    return {str(entry["task"]) for entry in (current_app.conf.beat_schedule or {}).values()}
