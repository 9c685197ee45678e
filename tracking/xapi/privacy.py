"""What learning content said word for word, as xAPI: its part of the personal data inventory, and of a download.

What counts of it became events and attempts besides, which go by rules of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tracking import events
from tracking.events import LearnerId, Purpose
from tracking.models import Attempt, Event
from tracking.privacy import retention, retention_texts
from tracking.privacy.downloads import DownloadFile
from tracking.privacy.inventory import DataOrigin, PersonalDataTable, Retention
from tracking.xapi import export
from tracking.xapi.catalogue import Catalogue
from tracking.xapi.models import XapiAttachment, XapiDocument, XapiStatement

CHUNK = 2000
"""Rows deleted in one statement, or in memory at once."""


def purge_statements(now: datetime) -> int:
    """Delete statements whose purpose is served for long enough; return how many. Safe to run twice."""
    ends = retention.retention_cutoffs(now).ends
    due = Q(pk__in=[])
    for purpose, end in ends.items():
        if end is not None:
            due |= Q(purpose=purpose, happened_at__lt=end)
    latest = max((end for end in ends.values() if end is not None), default=now)
    return _delete_some(XapiStatement.objects.filter(due, happened_at__lt=latest))


def purge_documents(now: datetime) -> int:
    """Delete documents about learners after their retention period; return how many. Safe to run twice.

    A document may say anything, so it goes with whatever is kept the shortest of what it may be about.
    """
    ends = retention.retention_cutoffs(now).ends
    of_documents = [end for purpose in events.PURPOSES_WITH_ROLLUPS if (end := ends[purpose]) is not None]
    if not of_documents:
        return 0
    return _delete_some(XapiDocument.objects.filter(learner__isnull=False, stored_at__lt=max(of_documents)))


def statements_of_learner(learner_id: LearnerId) -> Iterator[export.Statement]:
    """Yield all that is recorded about a learner as statements."""
    catalogue = Catalogue()
    for event in Event.objects.filter(learner=learner_id).order_by("pk").iterator(CHUNK):
        statement = export.statement_of_event(event, catalogue)
        if statement is not None:
            yield statement
    attempts = Attempt.objects.filter(learner=learner_id).order_by("pk").prefetch_related("answers")
    for attempt in attempts.iterator(CHUNK):
        yield from export.statements_of_attempt(attempt, attempt.answers.all(), catalogue)


def _documents_kept() -> str:
    kept = retention.days_kept()
    days = min((kept[purpose] for purpose in events.PURPOSES_WITH_ROLLUPS if kept[purpose]), default=0)
    if not days:
        return retention_texts.until_erased()
    return ngettext("%(days)s day after it last changed.", "%(days)s days after it last changed.", days) % {
        "days": days
    }


def _any_document(purposes: frozenset[Purpose]) -> Q:
    """Erase every document with either purpose: it may say anything."""
    return Q()


TABLES = (
    PersonalDataTable(
        name="statements",
        model=XapiStatement,
        origin=DataOrigin.OBSERVED,
        title=_("Statements from learning content"),
        description=_(
            "What xAPI content reported about you, word for word, such as “completed the exercise”."
        ),
        purposes=events.PURPOSES_WITH_ROLLUPS,
        time_field="happened_at",
        may_lack_course=True,
        rows_to_erase=lambda purposes: Q(purpose__in=purposes),
        retention=Retention(text=retention_texts.by_purpose, purge=purge_statements),
        names_learner=True,
    ),
    PersonalDataTable(
        name="attachments",
        model=XapiAttachment,
        origin=DataOrigin.OBSERVED,
        title=_("Attachments from learning content"),
        description=_("Files that came with such a statement, such as a certificate."),
        purposes=events.PURPOSES_WITH_ROLLUPS,
        time_field="statement__happened_at",
        learner="statement__learner",
        course="statement__course_key",
        hidden_fields=frozenset({"content"}),
        rows_to_erase=lambda purposes: Q(statement__purpose__in=purposes),
        retention=Retention(text=retention_texts.by_purpose),
        names_learner=True,
    ),
    PersonalDataTable(
        name="documents",
        model=XapiDocument,
        origin=DataOrigin.OBSERVED,
        title=_("Saved state of learning content"),
        description=_("What such content stores so that you can continue where you left off."),
        purposes=events.PURPOSES_WITH_ROLLUPS,
        time_field="stored_at",
        may_lack_course=True,
        rows_to_erase=_any_document,
        retention=Retention(text=_documents_kept, purge=purge_documents),
        names_learner=True,
    ),
)

DOWNLOAD = DownloadFile(
    path="xapi/statements.json",
    description=_("The same as xAPI statements, for other learning platforms."),
    records=statements_of_learner,
)


def _delete_some(rows: QuerySet[Any]) -> int:
    count = 0
    while keys := list(rows.values_list("pk", flat=True)[:CHUNK]):
        count += int(rows.filter(pk__in=keys).order_by().delete()[1].get(rows.model._meta.label, 0))
    return count
