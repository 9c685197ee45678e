"""Claiming marks of the change log: each by one worker at a time, deleted in the transaction that handled them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from tracking.models import ChangeMark, Subject


def claim(
    subject: Subject, *, limit: int, now: datetime, key: tuple[str, Any] | None = None
) -> list[ChangeMark]:
    """Return up to ``limit`` of the oldest due marks of ``subject`` that no other worker holds.

    With ``key``, a course and a learner of it or ``None`` for the course itself, only marks of those are claimed.
    Call it inside a transaction: the claim lasts as long as that. On a database without ``SKIP LOCKED`` the
    transaction itself must be the only writer, as an ``IMMEDIATE`` one is on SQLite.
    """
    marks = ChangeMark.objects.due(now).filter(subject=subject).order_by("id")
    if key is not None:
        marks = marks.filter(course_key=key[0], learner=key[1])
    if connection.features.has_select_for_update_skip_locked:
        marks = marks.select_for_update(skip_locked=True)
    return list(marks[:limit])


def peek(subject: Subject, *, limit: int, now: datetime) -> list[ChangeMark]:
    """Return what ``claim`` would, without a claim."""
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
