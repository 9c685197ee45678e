"""Celery tasks: thin, and safe to run twice.

A lost message costs seconds, because the schedule finds the changes too.
"""

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

FALLBACK_APP = "default"
"""The name of the app that Celery makes up if the host has none."""

TRIGGER_SECONDS = 1
"""Triggers within this time count as one: the rollup starts that much later and includes the changes of all of them."""


def sanitize_errors(work: Callable[[], None]) -> Callable[[], None]:
    """Let a task fail only with a safe description of its error: Celery logs errors and passes them to other tools."""

    @wraps(work)
    def run() -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 Every error is raised again, described safely.
            raise JobFailed(scrubbing.describe_error(error)).with_traceback(error.__traceback__) from None

    return run


# acks_late in all tasks: if a worker dies, the broker delivers the message again, which is safe.
@shared_task(name="tracking.roll_up", ignore_result=True, acks_late=True)
@sanitize_errors
def roll_up() -> None:
    """Roll up what has changed and update findings. Safe to run twice: without pending changes it does nothing."""
    jobs.roll_up(now=timezone.now())


@shared_task(name="tracking.refresh_outlines", ignore_result=True, acks_late=True)
@sanitize_errors
def refresh_outlines() -> None:
    """Read outlines and enrolments from the host. Safe to run twice: only differences are written."""
    jobs.refresh_outlines(now=timezone.now())


@shared_task(name="tracking.release_quarantine", ignore_result=True, acks_late=True)
@sanitize_errors
def release_quarantine() -> None:
    """Release quarantined records that are known by now.

    Safe to run twice: a released record is no longer quarantined.
    """
    jobs.release_quarantine(now=timezone.now())


@shared_task(name="tracking.mark_running_courses_changed", ignore_result=True, acks_late=True)
@sanitize_errors
def mark_running_courses_changed() -> None:
    """Mark learners of running courses as changed, because time alone may change their states.

    Safe to run twice: a second change leads to the same rows.
    """
    jobs.mark_running_courses_changed(now=timezone.now())


@shared_task(name="tracking.send_deliveries", ignore_result=True, acks_late=True)
@sanitize_errors
def send_deliveries() -> None:
    """Send waiting deliveries to other systems. Safe to run twice: what was delivered no longer waits."""
    jobs.send_deliveries(now=timezone.now())


@shared_task(name="tracking.purge_expired", ignore_result=True, acks_late=True)
@sanitize_errors
def purge_expired() -> None:
    """Purge raw events older than their retention. Safe to run twice: purged events are not found again."""
    jobs.purge_expired(now=timezone.now())


@shared_task(name="tracking.prepare_downloads", ignore_result=True, acks_late=True)
@sanitize_errors
def prepare_downloads() -> None:
    """Create the files that learners requested. Safe to run twice: a finished download no longer waits."""
    jobs.prepare_downloads(now=timezone.now())


def trigger_downloads() -> None:
    """Request the files that learners wait for. The message names no one; without a broker, the schedule finds them."""
    if not is_celery_configured():
        return
    try:
        prepare_downloads.apply_async(retry=False, queue=conf.get_settings().CELERY_QUEUE, ignore_result=True)
    except Exception as error:  # noqa: BLE001  Each broker has errors of its own.
        log.warning("Cannot trigger the creation of downloads (%s).", type(error).__name__)


def is_celery_configured() -> bool:
    """Return whether the host has a Celery app, or names a broker.

    Otherwise Celery falls back to an app of its own with ``amqp://guest@localhost``, which the host did not ask for.
    """
    return current_app.main != FALLBACK_APP or bool(current_app.conf.broker_url)


def trigger_rollup() -> None:
    """Request a rollup soon. Never raises: without a broker, the schedule does the work a little later."""
    if not is_celery_configured():
        return
    try:
        if not cache.add("tracking:hint", 1, TRIGGER_SECONDS):
            return
    except Exception as error:  # noqa: BLE001 Each cache has its own errors, and an extra trigger does no harm.
        log.warning("Cannot read from the cache whether a rollup was triggered (%s).", type(error).__name__)
    try:
        roll_up.apply_async(
            countdown=TRIGGER_SECONDS, retry=False, queue=conf.get_settings().CELERY_QUEUE, ignore_result=True
        )
    except Exception as error:  # noqa: BLE001  Each broker has errors of its own for being away, full or misled.
        log.warning("Cannot trigger a rollup (%s). The schedule will pick up the work.", type(error).__name__)


@celeryd_init.connect
def add_tracking_queue(instance: Any, options: Mapping[str, Any], **_: Any) -> None:
    """Let a worker that was started without ``-Q`` consume our queue as well as its default one."""
    queues, name = instance.app.amqp.queues, conf.get_settings().CELERY_QUEUE
    # A host with task_create_missing_queues off must declare our queue itself, and its workers then consume it already.
    if not options.get("queues") and instance.app.conf.task_create_missing_queues:
        queues.select_add(queues[name])


def broker_address() -> str:
    """Return the URL of the broker, without the password."""
    return str(current_app.connection_for_write().as_uri())


def is_in_process() -> bool:
    """Return whether the broker is in the memory of this process, so that no other process sees it."""
    return str(current_app.connection_for_write().transport_cls or "").startswith("memory")


def ping_broker() -> None:
    """Connect to the broker.

    Raises what the transport raises; may block as long as name resolution or the network does.
    """
    with current_app.connection_for_write() as connection:
        connection.connect()


def workers(seconds: float) -> dict[str, bool]:
    """Return the names of the workers that answer within ``seconds``, and whether each consumes our queue."""
    queues_of = current_app.control.inspect(timeout=seconds).active_queues() or {}
    queue = conf.get_settings().CELERY_QUEUE
    return {name: queue in {each["name"] for each in queues} for name, queues in queues_of.items()}


def find_scheduled_tasks() -> set[str]:
    """Return the tasks in the beat schedule of the host's Celery app."""
    return {str(entry["task"]) for entry in (current_app.conf.beat_schedule or {}).values()}
