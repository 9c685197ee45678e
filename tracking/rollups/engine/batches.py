"""One stage of the job: claim marks, handle them and delete them in one transaction, until none are left.

A batch that fails is handled again key by key, so that one row that cannot be rolled up never holds up the rest. What
fails alone is tried again later, each time after a longer while, and after ``ROLLUP_MAX_TRIES`` tries it is set aside until
somebody has mended the cause and runs ``tracking_rollup --retry-failed``.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from tracking import conf, scrubbing
from tracking.models import PendingChange, RollupStage
from tracking.rollups.engine import change_queue
from tracking.rollups.engine.change_queue import ALL, ClaimFilter

log = logging.getLogger("tracking.rollups")

FIRST_WAIT = timedelta(minutes=1)
"""How long after a first failure a mark is tried again; the wait doubles each time."""

Handle = Callable[[Sequence[PendingChange], datetime], None]


def drain_stage(
    subject: RollupStage, handle: Handle, *, now: datetime, reach: ClaimFilter = ALL
) -> Iterator[int]:
    """Handle every due mark of ``subject`` in ``reach``; yield how many, failed ones too, after each transaction.

    ``handle`` runs inside a transaction and is given marks that no other worker holds.
    """
    while count := _turn(subject, handle, now=now, reach=reach):
        yield count


def _turn(subject: RollupStage, handle: Handle, *, now: datetime, reach: ClaimFilter) -> int:
    limit = conf.get_settings().ROLLUP_BATCH
    try:
        with _no_search_for_cycles(), transaction.atomic():
            marks = change_queue.claim_changes(subject, limit=limit, now=now, reach=reach)
            handle(marks, now)
            change_queue.delete_changes(marks)
        return len(marks)
    except Exception as error:
        log.warning(
            "A batch of changes (%s) failed; each key is retried separately.",
            subject,
            exc_info=scrubbing.safe_exc_info(error),
        )
    keys = dict.fromkeys(map(_key, change_queue.peek_changes(subject, limit=limit, now=now, reach=reach)))
    return sum(_alone(subject, key, handle, now=now, reach=reach) for key in keys)


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Put the garbage collector off while a batch is at work.

    A batch is hundreds of thousands of values, none of them part of a cycle. To look through them again and again takes
    a quarter of its time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _alone(
    subject: RollupStage, key: tuple[str, Any], handle: Handle, *, now: datetime, reach: ClaimFilter
) -> int:
    marks: list[PendingChange] = []
    try:
        with transaction.atomic():
            limit = conf.get_settings().ROLLUP_BATCH
            marks = change_queue.claim_changes(subject, limit=limit, now=now, key=key, reach=reach)
            handle(marks, now)
            change_queue.delete_changes(marks)
    except Exception as error:
        if not marks:
            raise
        log.error(  # noqa: TRY400  The message of the error may hold what a row says.
            "Cannot process changes of stage %s in course %r; they are retried.",
            subject,
            key[0],
            exc_info=scrubbing.safe_exc_info(error),
        )
        _postpone(marks, scrubbing.describe_error(error), now=now)
    return len(marks)


def _postpone(marks: Sequence[PendingChange], error: str, *, now: datetime) -> None:
    tries = max(mark.failed_count for mark in marks) + 1
    PendingChange.objects.filter(pk__in=[mark.pk for mark in marks]).update(
        failed_count=F("failed_count") + 1, retry_at=now + FIRST_WAIT * 2 ** (tries - 1), error=error[:500]
    )


def _key(mark: PendingChange) -> tuple[str, Any]:
    return mark.course_key, mark.learner_id
