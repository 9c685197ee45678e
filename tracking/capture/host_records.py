"""Store what rows of the host say: completions, as they are saved or in a backfill, and accesses of the past."""

from __future__ import annotations

import logging
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import msgspec
from django.db import transaction
from django.utils import timezone

from tracking.capture import changes, event_store, quarantine, rejections
from tracking.capture.rejections import RejectReason
from tracking.definitions import ranges
from tracking.events import (
    UNIT_ACCESSED,
    UNIT_COMPLETED,
    ConsentRequirement,
    EventSource,
    LearnerId,
    Purpose,
    get_kind,
)
from tracking.exceptions import OutOfRange
from tracking.lms import UnitRef
from tracking.lms.values import AccessRecord, CompletionRecord
from tracking.models import Event, LearnerCourseDay, LearnerUnitDay
from tracking.models.keys import KEY_LENGTH
from tracking.privacy import consent, consent_requirements

logger = logging.getLogger("tracking.capture")

NAMESPACE = UUID("6f0c6b1e-7b52-4e0a-9d0f-2f6f5c9b8a11")
"""Namespace of the ids of events that rows of the host report: reading a row twice gives the same id, so it is stored
once."""

AT_ONCE = 1000
"""Events that are deleted in one transaction."""


def store_completions(label: str, found: Sequence[tuple[CompletionRecord, str]]) -> int:
    """Store the completions that are not stored yet; return how many there were.

    Each comes with the primary key of its row in the host's model ``label``. Those of learners who object are left out.
    """
    permitted = consent.learners_covered_in_courses(
        ((record.learner_id, record.unit.course_key) for record, _ in found), Purpose.RECORD
    )
    return _store(
        UNIT_COMPLETED,
        [
            _HostRow(
                label=label, key=key, learner_id=record.learner_id, unit=record.unit, at=record.completed_at
            )
            for record, key in found
            if (record.learner_id, record.unit.course_key) in permitted
        ],
    )


def store_new_completions(label: str, key: str, found: Collection[CompletionRecord]) -> None:
    """Store the completions of one row, at the cost of one query if they are stored: hosts save progress many times."""
    ids = {host_event_id(UNIT_COMPLETED, label, key, record.learner_id): record for record in found}
    rows = Event.objects.filter(pk__in=ids).values_list("pk", "course_key", "unit_key") if ids else ()
    stored = {pk: UnitRef(course_key=course_key, unit_key=unit_key) for pk, course_key, unit_key in rows}
    new = [(record, key) for event_id, record in ids.items() if stored.get(event_id) != record.unit]
    if new:
        store_completions(label, new)


def withdraw_completions(label: str, key: str, found: Iterable[CompletionRecord]) -> None:
    """Delete the completions that the host's row ``key`` of the model ``label`` no longer says.

    A unit stays completed if another row says so.
    """
    for record in found:
        event_id = host_event_id(UNIT_COMPLETED, label, key, record.learner_id)
        with transaction.atomic():
            quarantine.delete_quarantined_events([event_id])
            event_store.delete_events(Event.objects.filter(pk=event_id, learner_id=record.learner_id))
            _withdraw_from_final_days(record)


def withdraw_completions_except(event_ids: Container[UUID]) -> int:
    """Delete the stored completions of rows of the host whose ids are not in ``event_ids``; return how many."""
    stored = Event.objects.filter(kind=UNIT_COMPLETED, source=EventSource.SERVER).order_by("pk")
    stale = [
        event for event in stored.iterator(5000) if is_of_host_row(event.pk) and event.pk not in event_ids
    ]
    for start in range(0, len(stale), AT_ONCE):
        event_store.delete_events(stale[start : start + AT_ONCE])
    return len(stale)


def host_event_id(kind: str, label: str, key: str, learner_id: LearnerId) -> UUID:
    """Return the id of the event that a row of the host reports of a learner: reading the row again gives the same."""
    return uuid5(NAMESPACE, f"{kind} {label} {key} {learner_id}")


def is_of_host_row(event_id: UUID) -> bool:
    """Return whether an event of the server came from a row of the host, and not from a call of a hook."""
    return event_id.version == uuid5(NAMESPACE, "").version


def _withdraw_from_final_days(record: CompletionRecord) -> None:
    """Take the completion out of days whose raw events have been purged, which no rollup recomputes."""
    of_unit: dict[str, Any] = {
        "learner_id": record.learner_id,
        "course_key": record.unit.course_key,
        "unit_key": record.unit.unit_key,
    }
    if Event.objects.filter(**of_unit, kind=UNIT_COMPLETED).exists():
        return
    final = LearnerCourseDay.objects.filter(
        learner_id=record.learner_id, course_key=record.unit.course_key, is_final=True
    )
    rows = LearnerUnitDay.objects.filter(**of_unit, is_completed=True, day__in=final.values("day"))
    if rows.update(is_completed=False):
        changes.mark_learner_changed(learner_id=record.learner_id, course_key=record.unit.course_key)


def store_accesses(label: str, found: Sequence[tuple[AccessRecord, str]]) -> int:
    """Store the accesses that are not stored yet; return how many there were.

    As with any import, learners who said no to the purpose are left out. Those who were never asked are not.
    """
    return _store(
        UNIT_ACCESSED,
        [
            _HostRow(
                label=label, key=key, learner_id=record.learner_id, unit=record.unit, at=record.accessed_at,
                payload={"count": record.count},
            )
            for record, key in found
        ],
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _HostRow:
    """One event as a row of the host reports it."""

    label: str
    key: str
    learner_id: LearnerId
    unit: UnitRef
    at: datetime
    payload: Mapping[str, Any] = field(default_factory=dict)


def _store(kind: str, given: Sequence[_HostRow]) -> int:
    rows = _within_range(kind, given)
    learner_ids = {each.learner_id for each in rows}
    purpose = get_kind(kind).purpose
    excluded_ids = quarantine.missing_learners(learner_ids) | consent.without_consent(learner_ids, purpose)
    now = timezone.now()
    events = [
        event_store.NewEvent(
            id=host_event_id(kind, each.label, each.key, each.learner_id),
            learner_id=each.learner_id,
            course_key=each.unit.course_key,
            unit_key=each.unit.unit_key,
            kind=kind,
            source=EventSource.SERVER if kind == UNIT_COMPLETED else EventSource.IMPORTED,
            happened_at=each.at,
            # A completion is the platform's own word: it needs no witness, and was known when it happened.
            received_at=each.at if kind == UNIT_COMPLETED else now,
            payload=each.payload,
        )
        for each in rows
        if each.learner_id not in excluded_ids
        and consent_requirements.consent_requirement(purpose, each.unit.course_key)
        is not ConsentRequirement.OFF
    ]
    split = quarantine.split_known(events)
    quarantine.quarantine_events(split.unknown)
    with transaction.atomic():
        _delete_moved(events)
        return event_store.write_events(split.known)


def _delete_moved(events: Sequence[event_store.NewEvent]) -> None:
    """Delete the stored events of rows that are of another unit or course now, such as a course with a new key."""
    units = {event.id: (event.course_key, event.unit_key) for event in events}
    stored = Event.objects.filter(pk__in=list(units))
    event_store.delete_events(row for row in stored if (row.course_key, row.unit_key) != units[row.pk])


def _within_range(kind: str, given: Sequence[_HostRow]) -> list[_HostRow]:
    """Return the rows that every reader can handle; log and count the others. One must not stop all others."""
    now, kept = timezone.now(), []
    for each in given:
        try:
            ranges.check_happened_at("The moment", each.at, now=now)
            for text in (each.unit.course_key, each.unit.unit_key):
                ranges.check_text("A key", text, max_length=KEY_LENGTH)
            msgspec.convert(each.payload, get_kind(kind).payload)
        except (OutOfRange, msgspec.ValidationError) as error:
            logger.warning("Row %s of %s is left out. %s", each.key, each.label, error)
            rejections.count_rejected(RejectReason.BAD_ROW)
        else:
            kept.append(each)
    return kept
