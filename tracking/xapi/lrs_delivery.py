"""Sending statements to a learning record store, in batches; one bad statement does not hold up the others."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from django.db import transaction

from tracking import conf as core_conf
from tracking.exports import delivery_queue, outbound_http, tallies
from tracking.exports.deliveries import DeliveryTarget
from tracking.exports.delivery_queue import ROUNDS, DeliveryRun
from tracking.exports.outbound_http import HttpAnswer
from tracking.lms.values import UnitRef
from tracking.models import Attempt, Delivery, Event, Topic
from tracking.xapi import conf, export
from tracking.xapi.catalogue import Catalogue

LRS = "lrs"
"""The target of statements in ``Delivery.target``."""

TALLY = "out:lrs"
"""What has been delivered is counted under this name."""

CONFLICT = 409
"""What a store answers to a request with a statement that it has already, or in another form: it takes none of it."""


def is_lrs_configured() -> bool:
    """Return whether there is a store to send to."""
    return bool(conf.get_settings().LRS_URL)


def send_to_lrs(run: DeliveryRun) -> int:
    """Send what waits for the store; return how many deliveries it has by now."""
    delivered = 0
    for _ in range(ROUNDS):
        limit = core_conf.get_settings().DELIVERY_BATCH
        batch = [] if run.is_over else delivery_queue.claim_due(LRS, limit=limit, now=run.clock())
        if not batch:
            break
        count, goes_on = _send_batch(batch, run)
        delivered += count
        if not goes_on:
            break
    return delivered


TARGET = DeliveryTarget(name=LRS, is_active=is_lrs_configured, send=send_to_lrs)


def post_statements(statements: Sequence[export.Statement]) -> HttpAnswer:
    """Post statements to the learning record store. Raises what ``outbound_http.post_json`` raises."""
    given = conf.get_settings()
    credentials = b64encode(f"{given.LRS_USER}:{given.LRS_PASSWORD}".encode()).decode()
    headers = {
        "Content-Type": "application/json",
        "X-Experience-API-Version": given.VERSION,
        "Authorization": f"Basic {credentials}",
    }
    return outbound_http.post_json(
        f"{given.LRS_URL.rstrip('/')}/statements", msgspec.json.encode(statements), headers
    )


def _send_batch(batch: Sequence[Delivery], run: DeliveryRun) -> tuple[int, bool]:
    """Send a batch; return how many were delivered, and whether the next may be sent now."""
    statements = _statements(batch)
    sendable = [delivery for delivery in batch if statements.get(delivery.pk)]
    answer = _tried([each for delivery in sendable for each in statements[delivery.pk]]) if sendable else None
    if answer is not None and answer.status == CONFLICT and len(sendable) == 1:
        answer = _tried_alone(statements[sendable[0].pk])
    if answer is None or answer.is_ok:
        # A delivery without a statement has nothing to send: its source was deleted, or is not about learning.
        _delete(batch)
        return len(batch), True
    if (answer.is_final or answer.status == CONFLICT) and len(sendable) > 1:
        # One bad statement makes the store reject the whole batch: send each alone, so that only the bad one fails.
        return _send_apart(batch, run)
    delivery_queue.record_failure(sendable, answer, now=run.clock())
    return 0, answer.is_final


def _send_apart(batch: Sequence[Delivery], run: DeliveryRun) -> tuple[int, bool]:
    delivered = 0
    for number, delivery in enumerate(batch):
        if run.is_over:
            delivery_queue.release(batch[number:])
            return delivered, False
        count, _ = _send_batch([delivery], run)
        delivered += count
    return delivered, True


def _tried_alone(statements: Sequence[export.Statement]) -> HttpAnswer:
    """Post the statements of one delivery one by one. A 409 is ignored: the store already has that statement."""
    for statement in statements if len(statements) > 1 else ():
        answer = _tried([statement])
        if not answer.is_ok and answer.status != CONFLICT:
            return answer
    return HttpAnswer(status=204, text="")


def _tried(statements: Sequence[export.Statement]) -> HttpAnswer:
    # An attempt is stored when the host saves it and again at its commit, and waits twice. A store answers 400 to a
    # batch in which an id is repeated.
    unique = {statement["id"]: statement for statement in statements}
    return delivery_queue.try_post(lambda: post_statements(list(unique.values())))


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
    payload = delivery.payload
    return export.statement_of_completion(
        delivery.source_key,
        learner_id=delivery.learner_id,
        unit=UnitRef(course_key=payload["course_key"], unit_key=payload["unit_key"]),
        at=datetime.fromisoformat(payload["completed_at"]),
        catalogue=catalogue,
    )


@transaction.atomic
def _delete(batch: Iterable[Delivery]) -> None:
    count, _ = Delivery.objects.filter(pk__in=[delivery.pk for delivery in batch]).delete()
    tallies.increment_tally(TALLY, count)
