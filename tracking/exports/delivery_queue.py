"""Queue of deliveries, shared by all targets: claim due deliveries under a lease, and record the outcome."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from tracking import conf
from tracking.exports.outbound_http import HttpAnswer, TargetFailed, TargetRefused
from tracking.models import Delivery

FIRST_PAUSE = timedelta(seconds=10)
MAX_PAUSE = timedelta(hours=6)
ROUNDS = 50
"""Most batches in one run of the job, so that it ends."""

LEASE = timedelta(minutes=10)
"""How long a worker may take for what it has claimed. If it dies, another sends the same deliveries after that."""

logger = logging.getLogger("tracking.exports")

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class DeliveryRun:
    """One run of the job: its clock and its time limit."""

    clock: Clock
    ends_at: datetime

    @property
    def is_over(self) -> bool:
        """Whether the time limit is reached; the next run sends the rest."""
        return self.clock() >= self.ends_at


@transaction.atomic
def claim_due(target: str, *, limit: int, now: datetime) -> list[Delivery]:
    """Claim and return the oldest due deliveries of ``target``. No other worker takes them until the lease ends."""
    rows = Delivery.objects.due(now).filter(target=target).order_by("pk")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    return lease(list(rows[:limit]), now=now)


def lease(claimed: list[Delivery], *, now: datetime) -> list[Delivery]:
    """Reserve ``claimed`` for this worker by a lease. A transaction open during the posts would block other writers."""
    Delivery.objects.filter(pk__in=[each.pk for each in claimed]).update(retry_at=now + LEASE)
    return claimed


def release(claimed: Iterable[Delivery]) -> None:
    """Make claimed deliveries that were not tried due again at once."""
    Delivery.objects.filter(pk__in=[each.pk for each in claimed]).update(retry_at=None)


def try_post(post: Callable[[], HttpAnswer]) -> HttpAnswer:
    """Return the answer to ``post``; status 0 if the target does not answer or its address is not allowed."""
    try:
        return post()
    except (TargetFailed, TargetRefused) as error:
        return HttpAnswer(status=0, text=str(error))


def record_failure(deliveries: Iterable[Delivery], answer: HttpAnswer, *, now: datetime) -> None:
    """Schedule a retry of ``deliveries`` after a pause that doubles. A final answer makes them dead letters at once."""
    max_tries = conf.get_settings().DELIVERY_MAX_TRIES
    for delivery in deliveries:
        delivery.failed_count = max_tries if answer.is_final else delivery.failed_count + 1
        pause = min(FIRST_PAUSE * 2 ** min(delivery.failed_count - 1, 20), MAX_PAUSE)
        delivery.retry_at = now + pause
        # PostgreSQL cannot store NUL characters, and the text comes from the target.
        delivery.error = f"{answer.status or 'no answer'}: {answer.text}"[:500].replace("\x00", "")
        delivery.save(update_fields=["failed_count", "retry_at", "error"])
        logger.warning("A delivery to %s failed: %s", delivery.target, answer.status or "no answer")
