"""Claiming marks of the change log: each by one worker at a time, deleted in the transaction that handled them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Min

from tracking.models import ChangeMark, Subject


def claim(subject: Subject, *, limit: int) -> list[ChangeMark]:
    """Return up to ``limit`` of the oldest marks of ``subject`` that no other worker holds.

    Call it inside a transaction: the claim lasts as long as that. On a database without ``SKIP LOCKED`` the
    transaction itself must be the only writer, as an ``IMMEDIATE`` one is on SQLite.
    """
    marks = ChangeMark.objects.filter(subject=subject).order_by("id")
    if connection.features.has_select_for_update_skip_locked:
        marks = marks.select_for_update(skip_locked=True)
    return list(marks[:limit])


def delete(marks: Sequence[ChangeMark]) -> None:
    """Delete ``marks``, which have been handled in this same transaction."""
    ChangeMark.objects.filter(pk__in=[mark.pk for mark in marks]).delete()


def append(marks: Sequence[ChangeMark]) -> None:
    """Add marks for the next stage, in this same transaction."""
    ChangeMark.objects.bulk_create(marks)


def oldest_at() -> datetime | None:
    """Return when the oldest mark still waiting was written, or ``None`` where all is rolled up."""
    oldest: datetime | None = ChangeMark.objects.aggregate(oldest=Min("created_at"))["oldest"]
    return oldest


def is_empty(subject: Subject) -> bool:
    """Return whether no mark of ``subject`` is waiting."""
    return not ChangeMark.objects.filter(subject=subject).exists()
