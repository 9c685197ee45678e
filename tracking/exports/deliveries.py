"""Send waiting deliveries: at least once, to every registered target, and in order to each webhook.

A target that does not answer is retried after a pause. A delivery that it rejects for good becomes a dead letter, and
the others continue.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import Q, QuerySet

from tracking.exports import delivery_queue, outbound_http, tallies, webhooks
from tracking.exports.delivery_queue import LEASE, ROUNDS, Clock, DeliveryRun
from tracking.exports.outbound_http import HttpAnswer
from tracking.models import Delivery, Webhook

MAX_CLAIMED = 20
"""Deliveries to a webhook that a worker claims at a time: few enough to be sent well within the lease."""
MAX_CANDIDATES = 2000
"""Waiting deliveries that are considered for one claim."""

MAX_RUN = LEASE / 2
"""How long one run of the job may last. The next run continues where it ended."""

REPLAYABLE_FOR = timedelta(days=30)
"""How long deliveries are kept after they are sent, so that they can be replayed."""

Send = Callable[[DeliveryRun], int]
"""Sends the deliveries that wait for one target until the run is over; returns how many were delivered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryTarget:
    """A target other than a webhook. ``name`` is the value of ``Delivery.target``."""

    name: str
    is_active: Callable[[], bool]
    """Whether the current settings name an address to send to."""
    send: Send


_targets: dict[str, DeliveryTarget] = {}


def register_target(target: DeliveryTarget) -> None:
    """Make the job send to ``target`` too. Call it in ``AppConfig.ready()``; a second call replaces the first."""
    _targets[target.name] = target


def send_due_deliveries(*, clock: Clock) -> int:
    """Send the due deliveries and return how many were delivered. Safe to run twice and in parallel.

    ``clock`` is read for each claim and each post, because in a long run leases and signatures from its start would
    already have expired. The run ends after ``MAX_RUN``. The order of targets is random, so that a slow one does not
    starve the others.
    """
    run = DeliveryRun(clock, ends_at=clock() + MAX_RUN)
    sends: list[Send] = [partial(_to_webhook, hook) for hook in Webhook.objects.filter(is_active=True)]
    sends += [target.send for target in _targets.values() if target.is_active()]
    random.shuffle(sends)
    return sum(send(run) for send in sends)


def purge_deliveries(*, now: datetime, unsent_before: datetime | None) -> int:
    """Delete deliveries sent long ago, and unsent ones created before ``unsent_before``; return how many."""
    is_over = Q(delivered_at__lt=now - REPLAYABLE_FOR)
    if unsent_before is not None:
        is_over |= Q(delivered_at__isnull=True, created_at__lt=unsent_before)
    return Delivery.objects.filter(is_over).delete()[0]


def retry_dead() -> int:
    """Retry the dead letters and return how many there are."""
    return retry_deliveries(Delivery.objects.dead())


def retry_deliveries(rows: QuerySet[Delivery]) -> int:
    """Make the undelivered ones of ``rows`` due now and return how many there are."""
    return rows.filter(delivered_at__isnull=True).order_by().update(failed_count=0, retry_at=None, error="")


def replay_webhook(webhook: Webhook, *, since: datetime) -> int:
    """Send a webhook again what it has received since a moment; return how many deliveries that is."""
    rows = Delivery.objects.filter(target=str(webhook.pk), delivered_at__isnull=False, created_at__gte=since)
    return rows.update(delivered_at=None, failed_count=0, retry_at=None, error="")


@transaction.atomic
def _claimed_for(hook: Webhook, now: datetime) -> list[Delivery]:
    """Claim what to send a webhook next. No delivery about a learner overtakes an earlier one under way or in retry."""
    # Lock the webhook, so that two workers cannot claim deliveries to it and send them out of order.
    if Webhook.objects.select_for_update().filter(pk=hook.pk, is_active=True).first() is None:
        return []
    blocked: set[Any] = set()
    claimed: list[Delivery] = []
    for delivery in Delivery.objects.waiting().filter(target=str(hook.pk)).order_by("pk")[:MAX_CANDIDATES]:
        if delivery.retry_at is not None and delivery.retry_at > now:
            blocked.add(delivery.learner_id)
        elif delivery.learner_id not in blocked and len(claimed) < MAX_CLAIMED:
            claimed.append(delivery)
    return delivery_queue.lease(claimed, now=now)


def _to_webhook(hook: Webhook, run: DeliveryRun) -> int:
    """Send what waits for a webhook. A failure delays later deliveries about the same learner, and no others."""
    delivered = 0
    for _ in range(ROUNDS):
        claimed = [] if run.is_over else _claimed_for(hook, run.clock())
        if not claimed:
            break
        blocked: set[Any] = set()
        is_down = False
        for delivery in claimed:
            if is_down or delivery.learner_id in blocked or run.is_over:
                delivery_queue.release([delivery])
                continue
            answer = _post(hook, delivery, run.clock())
            if answer.is_ok:
                _record_success(delivery, run.clock())
                delivered += 1
                continue
            delivery_queue.record_failure([delivery], answer, now=run.clock())
            blocked.add(delivery.learner_id)
            # Status 0: the target does not answer, so the other deliveries would fail too.
            is_down = answer.status == 0
        if is_down:
            break
    return delivered


def _post(hook: Webhook, delivery: Delivery, now: datetime) -> HttpAnswer:
    body = msgspec.json.encode(delivery.payload)
    message_id = f"trk_{delivery.pk}"
    headers = webhooks.signature_headers(hook.secret, message_id, body, at=now)
    return delivery_queue.try_post(lambda: outbound_http.post_json(hook.url, body, headers))


@transaction.atomic
def _record_success(delivery: Delivery, now: datetime) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(delivered_at=now, retry_at=None, error="")
    tallies.increment_tally(tallies.WEBHOOKS, 1)
