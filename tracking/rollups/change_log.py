"""Claiming marks of the change log: each by one worker at a time, deleted in the transaction that handled them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate
from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet

from tracking.models import ChangeMark, Subject


def claim(
    subject: Subject, *, limit: int, now: datetime, key: tuple[str, Any] | None = None
) -> list[ChangeMark]:
    """Return up to ``limit`` of the oldest due marks of ``subject`` that no other worker holds.

    With ``key``, a course and a learner of it or ``None`` for the course itself, only marks of those are claimed.
    Where more than ``limit`` are due, all marks of some learners are claimed and not some marks of all: an import
    leaves marks of each learner all over the log, and each batch that met some would set all rows of the learner.

    Call it inside a transaction: the claim lasts as long as that. On a database without ``SKIP LOCKED`` the
    transaction itself must be the only writer, as an ``IMMEDIATE`` one is on SQLite.
    """
    marks = ChangeMark.objects.due(now).filter(subject=subject)
    if key is not None:
        return _taken(marks.filter(course_key=key[0], learner=key[1]), limit=limit)
    oldest = _taken(marks, limit=limit)
    if len(oldest) < limit or any(mark.learner_id is None for mark in oldest):
        return oldest
    return _taken(_of_fewer_learners(marks, oldest, limit=limit), limit=limit)


def peek(subject: Subject, *, limit: int, now: datetime) -> list[ChangeMark]:
    """Return the oldest due marks of ``subject`` without a claim."""
    return list(ChangeMark.objects.due(now).filter(subject=subject).order_by("id")[:limit])


def delete(marks: Sequence[ChangeMark]) -> None:
    """Delete ``marks``, which have been handled in this same transaction."""
    ChangeMark.objects.filter(pk__in=[mark.pk for mark in marks]).delete()


def append(marks: Sequence[ChangeMark]) -> None:
    """Add marks for the next stage, in this same transaction."""
    ChangeMark.objects.bulk_create(marks)


def retry() -> int:
    """Make every mark that has failed due again, also those set aside; return how many there were."""
    return ChangeMark.objects.filter(failed_count__gt=0).update(failed_count=0, retry_at=None)


def _taken(marks: QuerySet[ChangeMark], *, limit: int) -> list[ChangeMark]:
    if connection.features.has_select_for_update_skip_locked:
        marks = marks.select_for_update(skip_locked=True)
    return list(marks.order_by("id")[:limit])


def _of_fewer_learners(
    marks: QuerySet[ChangeMark], oldest: Sequence[ChangeMark], *, limit: int
) -> QuerySet[ChangeMark]:
    """Return all marks of those learners of ``oldest`` that have waited longest; about ``limit`` of them."""
    course_keys = {mark.course_key for mark in oldest}
    learner_ids = list(dict.fromkeys(mark.learner_id for mark in oldest))
    theirs = marks.filter(course_key__in=course_keys, learner_id__in=learner_ids)
    counts = dict(theirs.values_list("learner_id").annotate(Count("pk")))
    totals = accumulate(counts[learner_id] for learner_id in learner_ids)
    return theirs.filter(learner_id__in=learner_ids[: max(1, sum(total <= limit for total in totals))])
