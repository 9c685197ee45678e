"""What learning content said word for word, as xAPI: erased by course and purpose, deleted when its time is over.

What counts of it became events and attempts besides, which go by rules of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from tracking import events
from tracking.events import LearnerId, Purpose
from tracking.models import XapiDocument, XapiStatement
from tracking.privacy import retention

CHUNK = 2000
"""Rows deleted in one statement."""


def erase_xapi_content(
    learner_id: LearnerId, purposes: Collection[Purpose], *, course_key: str
) -> Counter[str]:
    """Erase what serves one of ``purposes`` in a course, or with an empty key what names none; return the counts."""
    head = {"learner_id": learner_id, "course_key": course_key}
    return Counter(
        statements=_delete(XapiStatement.objects.filter(**head, purpose__in=purposes)),
        documents=_delete(XapiDocument.objects.filter(**head))
        if events.PURPOSES_WITH_ROLLUPS & set(purposes)
        else 0,
    )


def count_content_without_course(learner_id: LearnerId) -> int:
    """Return how many statements and documents name no course: to erase one course leaves them."""
    head = {"learner_id": learner_id, "course_key": ""}
    return XapiStatement.objects.filter(**head).count() + XapiDocument.objects.filter(**head).count()


def purge_xapi_content(*, now: datetime) -> Counter[str]:
    """Delete statements, and documents about learners that nobody touched, whose time is over; return the counts.

    Safe to run twice and to be killed anywhere.
    """
    ends = retention.retention_cutoffs(now).ends
    due = Q(pk__in=[])
    for purpose, end in ends.items():
        if end is not None:
            due |= Q(purpose=purpose, happened_at__lt=end)
    latest = max((end for end in ends.values() if end is not None), default=now)
    purged = Counter(statements=_delete_some(XapiStatement.objects.filter(due, happened_at__lt=latest)))
    # A document may say anything, so it goes with whatever is kept the shortest of what it may be about.
    of_documents = [end for purpose in events.PURPOSES_WITH_ROLLUPS if (end := ends[purpose]) is not None]
    if of_documents:
        old = XapiDocument.objects.filter(learner__isnull=False, stored_at__lt=max(of_documents))
        purged["documents"] = _delete_some(old)
    return purged


def _delete_some(rows: QuerySet[Any]) -> int:
    count = 0
    while keys := list(rows.values_list("pk", flat=True)[:CHUNK]):
        count += _delete(rows.filter(pk__in=keys))
    return count


def _delete(rows: QuerySet[Any]) -> int:
    return int(rows.order_by().delete()[1].get(rows.model._meta.label, 0))
