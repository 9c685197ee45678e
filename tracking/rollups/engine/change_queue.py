"""Claiming marks of the change log: each by one worker at a time, deleted in the transaction that handled them."""

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
    """Which marks are looked at."""

    is_many_days: bool = False
    """Those that a rebuild leaves: each counts as many as it speaks of days."""
    until: int | None = None
    """Only those up to this primary key: under load there are always newer ones."""


ALL = ClaimFilter()


def claim_changes(
    subject: RollupStage,
    *,
    limit: int,
    now: datetime,
    key: tuple[str, Any] | None = None,
    reach: ClaimFilter = ALL,
) -> list[PendingChange]:
    """Return up to ``limit`` of the oldest due marks of ``subject`` in ``reach`` that no other worker holds.

    With ``key``, a course and a learner of it or ``None`` for the course itself, only marks of those are claimed.
    Where more than ``limit`` are due, all marks of some learners are claimed and not some marks of all: an import
    leaves marks of each learner all over the log, and each batch that met some would set all rows of the learner.

    Call it inside a transaction: the claim lasts as long as that. On a database without ``SKIP LOCKED`` the
    transaction itself must be the only writer, as an ``IMMEDIATE`` one is on SQLite.
    """
    marks = _due(subject, reach, now)
    if key is not None:
        return _taken(marks.filter(course_key=key[0], learner=key[1]), limit=limit)
    if reach.is_many_days:
        return _taken(marks, limit=max(1, limit // _days_of_first(marks)))
    oldest = _taken(marks, limit=limit)
    if len(oldest) < limit or any(mark.learner_id is None for mark in oldest):
        return oldest
    return _taken(_of_fewer_learners(marks, oldest, limit=limit), limit=limit)


def peek_changes(
    subject: RollupStage, *, limit: int, now: datetime, reach: ClaimFilter = ALL
) -> list[PendingChange]:
    """Return the oldest due marks of ``subject`` in ``reach`` without a claim."""
    return list(_due(subject, reach, now).order_by("id")[:limit])


def delete_changes(marks: Sequence[PendingChange]) -> None:
    """Delete ``marks``, which have been handled in this same transaction."""
    PendingChange.objects.filter(pk__in=[mark.pk for mark in marks]).delete()


def append_changes(marks: Sequence[PendingChange]) -> None:
    """Add marks for the next stage, in this same transaction."""
    PendingChange.objects.bulk_create(marks)


def retry_failed_changes(marks: QuerySet[PendingChange] | None = None) -> int:
    """Make every mark, or each of ``marks``, that has failed due again, also if set aside; return how many it were."""
    failed = (PendingChange.objects.all() if marks is None else marks).filter(failed_count__gt=0)
    return failed.order_by().update(failed_count=0, retry_at=None)


def newest_change_id() -> int:
    """Return the primary key of the newest mark, 0 where there is none."""
    return PendingChange.objects.aggregate(newest=Max("pk"))["newest"] or 0


def _due(subject: RollupStage, reach: ClaimFilter, now: datetime) -> QuerySet[PendingChange]:
    marks = PendingChange.objects.due(now).filter(stage=subject, last_day__isnull=not reach.is_many_days)
    return marks if reach.until is None else marks.filter(pk__lte=reach.until)


def _days_of_first(marks: QuerySet[PendingChange]) -> int:
    """Return how many days the oldest mark speaks of."""
    first = marks.order_by("id").first()
    return (first.last_day - first.day).days + 1 if first and first.day and first.last_day else 1


def _taken(marks: QuerySet[PendingChange], *, limit: int) -> list[PendingChange]:
    if connection.features.has_select_for_update_skip_locked:
        marks = marks.select_for_update(skip_locked=True)
    return list(marks.order_by("id")[:limit])


def _of_fewer_learners(
    marks: QuerySet[PendingChange], oldest: Sequence[PendingChange], *, limit: int
) -> QuerySet[PendingChange]:
    """Return all marks of those learners of ``oldest`` that have waited longest; about ``limit`` of them."""
    course_keys = {mark.course_key for mark in oldest}
    learner_ids = list(dict.fromkeys(mark.learner_id for mark in oldest))
    theirs = marks.filter(course_key__in=course_keys, learner_id__in=learner_ids)
    counts = dict(theirs.values_list("learner_id").annotate(Count("pk")))
    totals = accumulate(counts[learner_id] for learner_id in learner_ids)
    return theirs.filter(learner_id__in=learner_ids[: max(1, sum(total <= limit for total in totals))])
