"""Release quarantined records as soon as their unit and learner are known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from tracking import conf, events
from tracking.capture import attempts, event_store, rejections
from tracking.capture.quarantine import ATTEMPT
from tracking.capture.rejections import RejectReason
from tracking.events import LearnerId, Purpose
from tracking.lms.values import AttemptRecord
from tracking.models import Attempt, CourseOutline, OutlineUnit, QuarantinedRecord
from tracking.privacy import consent

BATCH = 500


def release_known_records(*, now: datetime) -> int:
    """Store the quarantined records that are known by now, delete expired ones; return how many were stored.

    Safe to run twice, in parallel, and to kill at any point: a record is deleted in the transaction that stores it.
    """
    _expire(now)
    stored = 0
    after = 0
    while batch := _release_batch(after):
        last, count = batch
        after, stored = last, stored + count
    return stored


def _expire(now: datetime) -> None:
    before = now - timedelta(days=conf.get_settings().QUARANTINE_DAYS)
    deleted, _ = QuarantinedRecord.objects.filter(quarantined_at__lt=before).delete()
    if deleted:
        rejections.count_rejected(RejectReason.QUARANTINE_EXPIRED, rejected_count=deleted)


@transaction.atomic
def _release_batch(after: int) -> tuple[int, int] | None:
    """Release the next batch after primary key ``after``; return the last primary key and how many were stored."""
    # Records whose learner is still unknown stay, so continue after them instead of reading them again.
    waiting = _known().filter(pk__gt=after).order_by("pk")
    if connection.features.has_select_for_update:
        waiting = waiting.select_for_update(
            # Another worker may be releasing the same records.
            skip_locked=connection.features.has_select_for_update_skip_locked,
            of=_own_table(),
        )
    rows = list(waiting[:BATCH])
    if not rows:
        return None
    found = [(row, learner_id) for row, learner_id in _with_learners(rows) if learner_id is not None]
    stored = _store_events([each for each in found if each[0].kind != ATTEMPT])
    stored += _store_attempts([each for each in found if each[0].kind == ATTEMPT])
    QuarantinedRecord.objects.filter(pk__in=[row.pk for row, _ in found]).delete()
    return rows[-1].pk, stored


def _own_table() -> tuple[str, ...]:
    return ("self",) if connection.features.has_select_for_update_of else ()


def _known() -> QuerySet[QuarantinedRecord]:
    """Return the records whose unit is in its outline."""
    unit = OutlineUnit.objects.filter(course_key=OuterRef("course_key"), unit_key=OuterRef("unit_key"))
    course = CourseOutline.objects.filter(course_key=OuterRef("course_key"))
    is_known = Q(Exists(unit)) | (Q(unit_key="") & Q(Exists(course)))
    return QuarantinedRecord.objects.filter(is_known)


def _with_learners(rows: Sequence[QuarantinedRecord]) -> Iterator[tuple[QuarantinedRecord, LearnerId | None]]:
    """Yield each row with the primary key of its user, or ``None`` if there still is no such user."""
    users = get_user_model()
    keys: dict[str, Any] = {}
    for row in rows:
        if row.learner_key:
            try:
                keys[row.learner_key] = users._meta.pk.to_python(row.learner_key)
            except ValidationError:
                continue
    existing_ids = (
        set(users._base_manager.filter(pk__in=keys.values()).values_list("pk", flat=True)) if keys else set()
    )
    for row in rows:
        learner_id = keys.get(row.learner_key) if row.learner_key else row.learner_id
        yield row, learner_id if not row.learner_key or learner_id in existing_ids else None


def _store_events(found: Sequence[tuple[QuarantinedRecord, LearnerId]]) -> int:
    if not found:
        return 0
    permitted = {
        purpose: consent.learners_covered_in_courses(
            ((learner_id, row.course_key) for row, learner_id in found), purpose
        )
        for purpose in Purpose
    }
    wanted: list[event_store.NewEvent] = []
    for row, learner_id in found:
        kind = events.find_kind(row.kind)
        if kind is None:
            rejections.count_rejected(RejectReason.UNKNOWN_KIND)
        elif (learner_id, row.course_key) not in permitted[kind.purpose]:
            rejections.count_rejected(RejectReason.NO_CONSENT)
        else:
            event = msgspec.convert(row.payload, event_store.NewEvent)
            wanted.append(msgspec.structs.replace(event, learner_id=learner_id))
    return event_store.write_events(wanted)


def _store_attempts(found: Sequence[tuple[QuarantinedRecord, LearnerId]]) -> int:
    records = [
        replace(msgspec.convert(row.payload, AttemptRecord), learner_id=learner_id)
        for row, learner_id in found
    ]
    return attempts.store_attempts([each for each in records if not _is_stored(each)])


def _is_stored(given: AttemptRecord) -> bool:
    # The stored attempt is newer: if its key had still been unknown, it would be in quarantine too.
    return Attempt.objects.filter(
        source_label=given.source_label, source_key=given.source_key, learner_id=given.learner_id
    ).exists()
