"""What every target of deliveries needs: to claim what waits under a lease, and to note how sending it ended."""

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
"""Batches in one run of the job, so that it ends."""

LEASE = timedelta(minutes=10)
"""How long a worker has for what it has claimed. Where it dies, the same is sent again after that."""

logger = logging.getLogger("tracking.exports")

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class DeliveryRun:
    """One run of the job: what time it is, and whether it has lasted long enough."""

    clock: Clock
    ends_at: datetime

    @property
    def is_over(self) -> bool:
        """Whether the rest is left to the next run."""
        return self.clock() >= self.ends_at


@transaction.atomic
def claim_due(target: str, *, limit: int, now: datetime) -> list[Delivery]:
    """Return the oldest due deliveries of ``target``. Other workers leave them alone until the lease ends."""
    rows = Delivery.objects.due(now).filter(target=target).order_by("pk")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    return lease(list(rows[:limit]), now=now)


def lease(claimed: list[Delivery], *, now: datetime) -> list[Delivery]:
    """Set ``claimed`` apart for this worker: to post within a transaction would keep everybody else from writing."""
    Delivery.objects.filter(pk__in=[each.pk for each in claimed]).update(retry_at=now + LEASE)
    return claimed


def release(claimed: Iterable[Delivery]) -> None:
    """Let what was claimed and not tried be due at once."""
    Delivery.objects.filter(pk__in=[each.pk for each in claimed]).update(retry_at=None)


def try_post(post: Callable[[], HttpAnswer]) -> HttpAnswer:
    """Return what ``post`` is answered; status 0 where nothing answers or the address is not allowed."""
    try:
        return post()
    except (TargetFailed, TargetRefused) as error:
        return HttpAnswer(status=0, text=str(error))


def record_failure(deliveries: Iterable[Delivery], answer: HttpAnswer, *, now: datetime) -> None:
    """Retry ``deliveries`` after a pause that doubles; what was rejected for good is a dead letter at once."""
    tries = conf.get_settings().DELIVERY_MAX_TRIES
    for delivery in deliveries:
        delivery.failed_count = tries if answer.is_final else delivery.failed_count + 1
        pause = min(FIRST_PAUSE * 2 ** min(delivery.failed_count - 1, 20), MAX_PAUSE)
        delivery.retry_at = now + pause
        delivery.error = f"{answer.status or 'no answer'}: {answer.text}"[:500].replace("\x00", "")
        delivery.save(update_fields=["failed_count", "retry_at", "error"])
        logger.warning("A delivery to %s failed: %s", delivery.target, answer.status or "no answer")
