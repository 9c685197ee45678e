"""Sending what waits: at least once, to every target that is registered, and in order to each webhook.

A target that does not answer is left alone for a while; what it refuses for good is set aside and the rest goes on.
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

AT_ONCE = 20
"""Deliveries to a webhook that a worker takes on at a time: they are sent well within the lease."""
LOOKED_AT = 2000

MAX_RUN = LEASE / 2
"""How long one run of the job may last. The next goes on where it ended."""

KEPT = timedelta(days=30)
"""How long what a webhook was sent can be sent again."""

Send = Callable[[DeliveryRun], int]
"""Sends what waits for one target until the run is over; returns how much was delivered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryTarget:
    """A target other than a webhook. ``name`` is the value of ``Delivery.target``."""

    name: str
    is_active: Callable[[], bool]
    """Whether there is anywhere to send to, by the settings in force."""
    send: Send


_targets: dict[str, DeliveryTarget] = {}


def register_target(target: DeliveryTarget) -> None:
    """Let the job send to ``target`` too. Call it in ``AppConfig.ready()``; a second call replaces the first."""
    _targets[target.name] = target


def send_due_deliveries(*, clock: Clock) -> int:
    """Send what is due and return how much was delivered. Safe to run twice and in parallel.

    ``clock`` is asked again for each claim and each post: leases and signatures of a long run would be past before they
    are made. The run ends after ``MAX_RUN``, so that no target takes all the time: whose turn is first is drawn.
    """
    run = DeliveryRun(clock, ends_at=clock() + MAX_RUN)
    sends: list[Send] = [partial(_to_webhook, hook) for hook in Webhook.objects.filter(is_active=True)]
    sends += [target.send for target in _targets.values() if target.is_active()]
    random.shuffle(sends)
    return sum(send(run) for send in sends)


def purge_deliveries(*, now: datetime, unsent_before: datetime | None) -> int:
    """Delete what was delivered a while ago, and what was not and waits since ``unsent_before``; return how many."""
    is_over = Q(delivered_at__lt=now - KEPT)
    if unsent_before is not None:
        is_over |= Q(delivered_at__isnull=True, created_at__lt=unsent_before)
    return Delivery.objects.filter(is_over).delete()[0]


def retry_dead() -> int:
    """Try the dead letters again, and return how many there are."""
    return retry_deliveries(Delivery.objects.dead())


def retry_deliveries(rows: QuerySet[Delivery]) -> int:
    """Make those of ``rows`` due that are not delivered, and return how many there are."""
    return rows.filter(delivered_at__isnull=True).order_by().update(failed_count=0, retry_at=None, error="")


def replay_webhook(webhook: Webhook, *, since: datetime) -> int:
    """Send a webhook again what it was told since a moment, and return how much that is."""
    rows = Delivery.objects.filter(target=str(webhook.pk), delivered_at__isnull=False, created_at__gte=since)
    return rows.update(delivered_at=None, failed_count=0, retry_at=None, error="")


@transaction.atomic
def _claimed_for(hook: Webhook, now: datetime) -> list[Delivery]:
    """Return what to send a webhook next. Nothing of a learner overtakes what is under way or to be tried again."""
    if Webhook.objects.select_for_update().filter(pk=hook.pk, is_active=True).first() is None:
        return []
    held_up: set[Any] = set()
    claimed: list[Delivery] = []
    for delivery in Delivery.objects.waiting().filter(target=str(hook.pk)).order_by("pk")[:LOOKED_AT]:
        if delivery.retry_at is not None and delivery.retry_at > now:
            held_up.add(delivery.learner_id)
        elif delivery.learner_id not in held_up and len(claimed) < AT_ONCE:
            claimed.append(delivery)
    return delivery_queue.lease(claimed, now=now)


def _to_webhook(hook: Webhook, run: DeliveryRun) -> int:
    """Send what waits for a webhook. What fails holds up what is about the same learner, and nobody else."""
    delivered = 0
    for _ in range(ROUNDS):
        claimed = [] if run.is_over else _claimed_for(hook, run.clock())
        if not claimed:
            break
        held_up: set[Any] = set()
        is_away = False
        for delivery in claimed:
            if is_away or delivery.learner_id in held_up or run.is_over:
                delivery_queue.release([delivery])
                continue
            answer = _told(hook, delivery, run.clock())
            if answer.is_ok:
                _delivered(delivery, run.clock())
                delivered += 1
                continue
            delivery_queue.record_failure([delivery], answer, now=run.clock())
            held_up.add(delivery.learner_id)
            is_away = answer.status == 0  # Then nobody is there for the others either.
        if is_away:
            break
    return delivered


def _told(hook: Webhook, delivery: Delivery, now: datetime) -> HttpAnswer:
    body = msgspec.json.encode(delivery.payload)
    own_id = f"trk_{delivery.pk}"
    headers = webhooks.signature_headers(hook.secret, own_id, body, at=now)
    return delivery_queue.try_post(lambda: outbound_http.post_json(hook.url, body, headers))


@transaction.atomic
def _delivered(delivery: Delivery, now: datetime) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(delivered_at=now, retry_at=None, error="")
    tallies.increment_tally(tallies.WEBHOOKS, 1)
