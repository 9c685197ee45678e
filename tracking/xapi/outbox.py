"""The outbox of the learning record store: deliveries, written in the transaction of what they report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from tracking.exports import outbox
from tracking.models import Attempt, Delivery, Topic
from tracking.storage import bulk_insert
from tracking.xapi import vocabulary
from tracking.xapi.lrs_delivery import LRS


def enqueue_events(written: Sequence[Any]) -> None:
    """Queue events for delivery to the store."""
    now = timezone.now()
    rows = [
        Delivery(
            target=LRS,
            topic=Topic.EVENT,
            source_key=str(event.id),
            learner_id=event.learner_id,
            created_at=now,
        )
        for event in written
        if vocabulary.is_sent(event.kind)
    ]
    bulk_insert.insert_rows(Delivery, rows)


def enqueue_attempt(attempt: Attempt) -> None:
    """Queue an attempt that was stored or corrected."""
    Delivery.objects.create(
        target=LRS, topic=Topic.ATTEMPT, source_key=str(attempt.pk), learner_id=attempt.learner_id
    )


def enqueue_module_completions(modules: Iterable[Any]) -> None:
    """Queue completions of modules and courses."""
    now = timezone.now()
    rows = [
        Delivery(
            target=LRS,
            topic=Topic.MODULE_COMPLETED if each.unit_key else Topic.COURSE_COMPLETED,
            source_key=outbox.completion_key(each),
            learner_id=each.learner_id,
            created_at=now,
            payload={
                "course_key": each.course_key,
                "unit_key": each.unit_key,
                "completed_at": _moment(each.last_at or now),
            },
        )
        for each in modules
    ]
    bulk_insert.insert_rows(Delivery, rows)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
