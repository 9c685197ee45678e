"""Sending what waits: at least once, in batches to a learning record store, in order to each webhook.

A target that does not answer is left alone for a while; what it refuses for good is set aside and the rest goes on.
"""

from __future__ import annotations

import logging
import random
from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from tracking import conf
from tracking.exports import outbound_http, tallies, webhooks
from tracking.exports.catalogue import Catalogue
from tracking.exports.outbound_http import HttpAnswer, TargetFailed, TargetRefused
from tracking.lms.values import UnitRef
from tracking.models import Attempt, Delivery, Event, Topic, Webhook
from tracking.models.deliveries import LRS
from tracking.xapi import export

FIRST_PAUSE = timedelta(seconds=10)
MAX_PAUSE = timedelta(hours=6)
ROUNDS = 50
"""Batches in one run of the job, so that it ends."""

AT_ONCE = 20
"""Deliveries to a webhook that a worker takes on at a time: they are sent well within the lease."""
LOOKED_AT = 2000
LEASE = timedelta(minutes=10)
"""How long a worker has for what it has claimed. Where it dies, the same is sent again after that."""

MAX_RUN = LEASE / 2
"""How long one run of the job may last. The next goes on where it ended."""

CONFLICT = 409
"""What a store answers to a request with a statement that it has already, or in another form: it takes none of it."""

KEPT = timedelta(days=30)
"""How long what a webhook was sent can be sent again."""

logger = logging.getLogger("tracking.exports")

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class _Run:
    """One run of the job: what time it is, and whether it has lasted long enough."""

    clock: Clock
    ends_at: datetime

    @property
    def is_over(self) -> bool:
        return self.clock() >= self.ends_at


def send_due_deliveries(*, clock: Clock) -> int:
    """Send what is due and return how much was delivered. Safe to run twice and in parallel.

    ``clock`` is asked again for each claim and each post: leases and signatures of a long run would be past before they
    are made. The run ends after ``MAX_RUN``, so that no target takes all the time: whose turn is first is drawn.
    """
    run = _Run(clock, ends_at=clock() + MAX_RUN)
    targets: list[Webhook | None] = list(Webhook.objects.filter(is_active=True))
    if conf.get_settings().LRS_URL:
        targets.append(None)
    random.shuffle(targets)
    return sum(_to_lrs(run) if hook is None else _to_webhook(hook, run) for hook in targets)


def purge_deliveries(*, now: datetime, untold_before: datetime | None) -> int:
    """Delete what was delivered a while ago, and what was not and waits since ``untold_before``; return how many."""
    is_over = Q(delivered_at__lt=now - KEPT)
    if untold_before is not None:
        is_over |= Q(delivered_at__isnull=True, created_at__lt=untold_before)
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


def post_statements(statements: Sequence[export.Statement]) -> HttpAnswer:
    """Post statements to the learning record store. Raises what ``outbound_http.post_json`` raises."""
    given = conf.get_settings()
    credentials = b64encode(f"{given.LRS_USER}:{given.LRS_PASSWORD}".encode()).decode()
    headers = {
        "Content-Type": "application/json",
        "X-Experience-API-Version": given.XAPI_VERSION,
        "Authorization": f"Basic {credentials}",
    }
    return outbound_http.post_json(
        f"{given.LRS_URL.rstrip('/')}/statements", msgspec.json.encode(statements), headers
    )


def _to_lrs(run: _Run) -> int:
    delivered = 0
    for _ in range(ROUNDS):
        batch = [] if run.is_over else _claimed(run.clock())
        if not batch:
            break
        count, goes_on = _send_batch(batch, run)
        delivered += count
        if not goes_on:
            break
    return delivered


@transaction.atomic
def _claimed(now: datetime) -> list[Delivery]:
    """Return the next batch for the store. Other workers leave it alone until the lease ends."""
    rows = Delivery.objects.due(now).filter(target=LRS).order_by("pk")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    return _leased(list(rows[: conf.get_settings().DELIVERY_BATCH]), now)


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
    return _leased(claimed, now)


def _leased(claimed: list[Delivery], now: datetime) -> list[Delivery]:
    """Set ``claimed`` apart for this worker: to post within a transaction would keep everybody else from writing."""
    Delivery.objects.filter(pk__in=[each.pk for each in claimed]).update(retry_at=now + LEASE)
    return claimed


def _send_batch(batch: Sequence[Delivery], run: _Run) -> tuple[int, bool]:
    """Send a batch; return how many were delivered, and whether the next may be sent now."""
    statements = _statements(batch)
    told = [delivery for delivery in batch if statements.get(delivery.pk)]
    answer = _tried([each for delivery in told for each in statements[delivery.pk]]) if told else None
    if answer is not None and answer.status == CONFLICT and len(told) == 1:
        answer = _tried_alone(statements[told[0].pk])
    if answer is None or answer.is_ok:
        # What led to no statement has been deleted since, or tells nothing: there is nothing to say.
        _delete(batch)
        return len(batch), True
    if (answer.is_final or answer.status == CONFLICT) and len(told) > 1:
        # One statement spoils all of a batch: each is tried alone, and only the bad one is set aside.
        return _send_apart(batch, run)
    _failed(told, answer, run.clock())
    return 0, answer.is_final


def _send_apart(batch: Sequence[Delivery], run: _Run) -> tuple[int, bool]:
    delivered = 0
    for number, delivery in enumerate(batch):
        if run.is_over:
            _release(batch[number:])
            return delivered, False
        count, _ = _send_batch([delivery], run)
        delivered += count
    return delivered, True


def _tried_alone(statements: Sequence[export.Statement]) -> HttpAnswer:
    """Post one by one what is told of one thing, where the store has some of it: the 409 to these is no news."""
    for statement in statements if len(statements) > 1 else ():
        answer = _tried([statement])
        if not answer.is_ok and answer.status != CONFLICT:
            return answer
    return HttpAnswer(status=204, text="")


def _tried(statements: Sequence[export.Statement]) -> HttpAnswer:
    try:
        return post_statements(statements)
    except (TargetFailed, TargetRefused) as error:
        return HttpAnswer(status=0, text=str(error))


def _statements(batch: Sequence[Delivery]) -> dict[int, list[export.Statement]]:
    catalogue = Catalogue()
    keys = {topic: [each.source_key for each in batch if each.topic == topic] for topic in Topic}
    events = {str(row.pk): row for row in Event.objects.filter(pk__in=keys[Topic.EVENT])}
    attempts = {
        str(row.pk): row
        for row in Attempt.objects.filter(pk__in=keys[Topic.ATTEMPT]).prefetch_related("answers")
    }
    found: dict[int, list[export.Statement]] = {}
    for delivery in batch:
        if delivery.topic == Topic.EVENT and delivery.source_key in events:
            statement = export.statement_of_event(events[delivery.source_key], catalogue)
            found[delivery.pk] = [] if statement is None else [statement]
        elif delivery.topic == Topic.ATTEMPT and delivery.source_key in attempts:
            attempt = attempts[delivery.source_key]
            found[delivery.pk] = export.statements_of_attempt(attempt, attempt.answers.all(), catalogue)
        elif delivery.topic in (Topic.MODULE_COMPLETED, Topic.COURSE_COMPLETED):
            found[delivery.pk] = [_completion(delivery, catalogue)]
    return found


def _completion(delivery: Delivery, catalogue: Catalogue) -> export.Statement:
    told = delivery.payload
    return export.statement_of_completion(
        delivery.source_key,
        learner_id=delivery.learner_id,
        unit=UnitRef(course_key=told["course_key"], unit_key=told["unit_key"]),
        at=datetime.fromisoformat(told["completed_at"]),
        catalogue=catalogue,
    )


def _to_webhook(hook: Webhook, run: _Run) -> int:
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
                _release([delivery])
                continue
            answer = _told(hook, delivery, run.clock())
            if answer.is_ok:
                _delivered(delivery, run.clock())
                delivered += 1
                continue
            _failed([delivery], answer, run.clock())
            held_up.add(delivery.learner_id)
            is_away = answer.status == 0  # Then nobody is there for the others either.
        if is_away:
            break
    return delivered


def _release(claimed: Iterable[Delivery]) -> None:
    """Let what was claimed and not tried be due at once."""
    Delivery.objects.filter(pk__in=[each.pk for each in claimed]).update(retry_at=None)


def _told(hook: Webhook, delivery: Delivery, now: datetime) -> HttpAnswer:
    body = msgspec.json.encode(delivery.payload)
    own_id = f"trk_{delivery.pk}"
    headers = webhooks.signature_headers(hook.secret, own_id, body, at=now)
    try:
        return outbound_http.post_json(hook.url, body, headers)
    except (TargetFailed, TargetRefused) as error:
        return HttpAnswer(status=0, text=str(error))


def _failed(deliveries: Iterable[Delivery], answer: HttpAnswer, now: datetime) -> None:
    tries = conf.get_settings().DELIVERY_MAX_TRIES
    for delivery in deliveries:
        delivery.failed_count = tries if answer.is_final else delivery.failed_count + 1
        pause = min(FIRST_PAUSE * 2 ** min(delivery.failed_count - 1, 20), MAX_PAUSE)
        delivery.retry_at = now + pause
        delivery.error = f"{answer.status or 'no answer'}: {answer.text}"[:500].replace("\x00", "")
        delivery.save(update_fields=["failed_count", "retry_at", "error"])
        logger.warning("A delivery to %s failed: %s", delivery.target, answer.status or "no answer")


@transaction.atomic
def _delivered(delivery: Delivery, now: datetime) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(delivered_at=now, retry_at=None, error="")
    tallies.increment_tally(tallies.WEBHOOKS, 1)


@transaction.atomic
def _delete(batch: Iterable[Delivery]) -> None:
    count, _ = Delivery.objects.filter(pk__in=[delivery.pk for delivery in batch]).delete()
    tallies.increment_tally(tallies.LRS, count)
