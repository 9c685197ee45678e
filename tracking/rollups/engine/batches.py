"""Process one stage of the change queue: claim changes, handle and delete them in one transaction, until none are left.

A failed batch is handled again key by key, so that one row that cannot be rolled up never blocks the rest. A key that
fails alone is retried later, after a wait that doubles each time. After ``ROLLUP_MAX_TRIES`` tries its changes are dead
letters, until someone fixes the cause and runs ``tracking_rollup --retry-failed``.
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
"""The wait before the first retry of a change; it doubles each time."""

Handle = Callable[[Sequence[PendingChange], datetime], None]


def drain_stage(
    stage: RollupStage, handle: Handle, *, now: datetime, claim_filter: ClaimFilter = ALL
) -> Iterator[int]:
    """Process the due changes of ``stage``. Yields the number processed, failures included, after each transaction.

    ``handle`` runs inside the transaction and receives changes that no other worker has claimed.
    """
    while count := _process_batch(stage, handle, now=now, claim_filter=claim_filter):
        yield count


def _process_batch(stage: RollupStage, handle: Handle, *, now: datetime, claim_filter: ClaimFilter) -> int:
    limit = conf.get_settings().ROLLUP_BATCH
    try:
        with _garbage_collector_disabled(), transaction.atomic():
            changes = change_queue.claim_changes(stage, limit=limit, now=now, claim_filter=claim_filter)
            handle(changes, now)
            change_queue.delete_changes(changes)
        return len(changes)
    except Exception as error:
        log.warning(
            "A batch of changes (%s) failed; each key is retried separately.",
            stage,
            exc_info=scrubbing.safe_exc_info(error),
        )
    keys = dict.fromkeys(
        map(_key, change_queue.peek_changes(stage, limit=limit, now=now, claim_filter=claim_filter))
    )
    return sum(_process_key(stage, key, handle, now=now, claim_filter=claim_filter) for key in keys)


@contextmanager
def _garbage_collector_disabled() -> Iterator[None]:
    """Disable the garbage collector while a batch is processed.

    A batch has hundreds of thousands of values, none of them part of a reference cycle. Searching them for cycles takes
    a quarter of the batch's time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _process_key(
    stage: RollupStage, key: tuple[str, Any], handle: Handle, *, now: datetime, claim_filter: ClaimFilter
) -> int:
    changes: list[PendingChange] = []
    try:
        with transaction.atomic():
            limit = conf.get_settings().ROLLUP_BATCH
            changes = change_queue.claim_changes(
                stage, limit=limit, now=now, key=key, claim_filter=claim_filter
            )
            handle(changes, now)
            change_queue.delete_changes(changes)
    except Exception as error:
        if not changes:
            # Not even the claim succeeded, so the database is at fault and no change can be blamed.
            raise
        log.error(  # noqa: TRY400 The error message may contain data of a row.
            "Cannot process changes of stage %s in course %r; they are retried.",
            stage,
            key[0],
            exc_info=scrubbing.safe_exc_info(error),
        )
        _schedule_retry(changes, scrubbing.describe_error(error), now=now)
    return len(changes)


def _schedule_retry(changes: Sequence[PendingChange], error: str, *, now: datetime) -> None:
    tries = max(change.failed_count for change in changes) + 1
    PendingChange.objects.filter(pk__in=[change.pk for change in changes]).update(
        failed_count=F("failed_count") + 1, retry_at=now + FIRST_WAIT * 2 ** (tries - 1), error=error[:500]
    )


def _key(change: PendingChange) -> tuple[str, Any]:
    return change.course_key, change.learner_id
