"""Claim pending changes: each by one worker at a time, deleted in the transaction that handled it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any

from django.db import connection
from django.db.models import Count, Max, QuerySet

from tracking.models import PendingChange, RollupStage


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFilter:
    """Which changes are claimed."""

    is_many_days: bool = False
    """Changes that a rebuild leaves. Each counts as many towards the limit as it covers days."""
    until: int | None = None
    """Only changes up to this primary key: under load there are always newer ones."""


ALL = ClaimFilter()


def claim_changes(
    stage: RollupStage,
    *,
    limit: int,
    now: datetime,
    key: tuple[str, Any] | None = None,
    claim_filter: ClaimFilter = ALL,
) -> list[PendingChange]:
    """Return up to ``limit`` of the oldest due changes of ``stage`` that match ``claim_filter`` and are not claimed.

    With ``key``, a course and a learner in it (or ``None`` for the course itself), only its changes are claimed. If
    more than ``limit`` are due, all changes of some learners are claimed instead of some changes of all. An import
    leaves changes of each learner all over the queue, and every batch that met some of them would set all rows of the
    learner.

    Call it inside a transaction: the claim lasts as long as that. On a database without ``SKIP LOCKED`` the transaction
    must be the only writer, as an ``IMMEDIATE`` one is on SQLite.
    """
    changes = _due(stage, claim_filter, now)
    if key is not None:
        return _claim(changes.filter(course_key=key[0], learner=key[1]), limit=limit)
    if claim_filter.is_many_days:
        return _claim(changes, limit=max(1, limit // _days_of_first(changes)))
    oldest = _claim(changes, limit=limit)
    # Changes of courses have no learner to group by.
    if len(oldest) < limit or any(change.learner_id is None for change in oldest):
        return oldest
    return _claim(_of_fewer_learners(changes, oldest, limit=limit), limit=limit)


def peek_changes(
    stage: RollupStage, *, limit: int, now: datetime, claim_filter: ClaimFilter = ALL
) -> list[PendingChange]:
    """Return the oldest due changes of ``stage`` that match ``claim_filter``, without claiming them."""
    return list(_due(stage, claim_filter, now).order_by("id")[:limit])


def delete_changes(changes: Sequence[PendingChange]) -> None:
    """Delete ``changes``, which have been handled in this same transaction."""
    PendingChange.objects.filter(pk__in=[change.pk for change in changes]).delete()


def append_changes(changes: Sequence[PendingChange]) -> None:
    """Append changes for the next stage, in this same transaction."""
    PendingChange.objects.bulk_create(changes)


def retry_failed_changes(changes: QuerySet[PendingChange] | None = None) -> int:
    """Make all failed changes, or those in ``changes``, due again, also dead letters; return how many there were."""
    failed = (PendingChange.objects.all() if changes is None else changes).filter(failed_count__gt=0)
    return failed.order_by().update(failed_count=0, retry_at=None)


def newest_change_id() -> int:
    """Return the primary key of the newest change; 0 if there is none."""
    return PendingChange.objects.aggregate(newest=Max("pk"))["newest"] or 0


def _due(stage: RollupStage, claim_filter: ClaimFilter, now: datetime) -> QuerySet[PendingChange]:
    changes = PendingChange.objects.due(now).filter(
        stage=stage, last_day__isnull=not claim_filter.is_many_days
    )
    return changes if claim_filter.until is None else changes.filter(pk__lte=claim_filter.until)


def _days_of_first(changes: QuerySet[PendingChange]) -> int:
    """Return how many days the oldest change covers."""
    first = changes.order_by("id").first()
    return (first.last_day - first.day).days + 1 if first and first.day and first.last_day else 1


def _claim(changes: QuerySet[PendingChange], *, limit: int) -> list[PendingChange]:
    if connection.features.has_select_for_update_skip_locked:
        changes = changes.select_for_update(skip_locked=True)
    return list(changes.order_by("id")[:limit])


def _of_fewer_learners(
    changes: QuerySet[PendingChange], oldest: Sequence[PendingChange], *, limit: int
) -> QuerySet[PendingChange]:
    """Return all changes of the learners of ``oldest`` that have waited longest, about ``limit`` in total."""
    course_keys = {change.course_key for change in oldest}
    learner_ids = list(dict.fromkeys(change.learner_id for change in oldest))
    of_learners = changes.filter(course_key__in=course_keys, learner_id__in=learner_ids)
    counts = dict(of_learners.values_list("learner_id").annotate(Count("pk")))
    # Claim at least one learner, even if that one has more than ``limit`` changes.
    totals = accumulate(counts[learner_id] for learner_id in learner_ids)
    return of_learners.filter(learner_id__in=learner_ids[: max(1, sum(total <= limit for total in totals))])
