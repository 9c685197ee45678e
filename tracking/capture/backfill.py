"""Store what the host knew before ``tracking`` was installed: completions and accesses from its own tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.utils import timezone

from tracking.capture import event_store, quarantine
from tracking.events import (
    UNIT_ACCESSED,
    UNIT_COMPLETED,
    ConsentRequirement,
    EventSource,
    LearnerId,
    get_kind,
)
from tracking.lms import UnitRef
from tracking.lms.values import AccessRecord, CompletionRecord
from tracking.models import Event
from tracking.privacy import consent, consent_requirements

NAMESPACE = UUID("6f0c6b1e-7b52-4e0a-9d0f-2f6f5c9b8a11")
"""Namespace of the ids of backfilled events: reading a row twice gives the same id, so it is stored once."""


def store_completions(label: str, found: Sequence[tuple[CompletionRecord, str]]) -> int:
    """Store the completions that are not stored yet; return how many there were.

    Each comes with the primary key of its row in the host's model ``label``. Those of learners who object are left out.
    """
    known = set(
        Event.objects.filter(
            learner_id__in={record.learner_id for record, _ in found},
            course_key__in={record.unit.course_key for record, _ in found},
            kind=UNIT_COMPLETED,
        ).values_list("learner_id", "course_key", "unit_key")
    )
    return _store(
        UNIT_COMPLETED,
        [
            _HostRow(
                label=label, key=key, learner_id=record.learner_id, unit=record.unit, at=record.completed_at
            )
            for record, key in found
            if (record.learner_id, record.unit.course_key, record.unit.unit_key) not in known
        ],
    )


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


def _store(kind: str, rows: Sequence[_HostRow]) -> int:
    learner_ids = {each.learner_id for each in rows}
    purpose = get_kind(kind).purpose
    excluded_ids = quarantine.missing_learners(learner_ids) | consent.without_consent(learner_ids, purpose)
    now = timezone.now()
    split = quarantine.split_known(
        [
            event_store.NewEvent(
                id=uuid5(NAMESPACE, f"{kind} {each.label} {each.key} {each.learner_id}"),
                learner_id=each.learner_id,
                course_key=each.unit.course_key,
                unit_key=each.unit.unit_key,
                kind=kind,
                source=EventSource.SERVER if kind == UNIT_COMPLETED else EventSource.IMPORTED,
                happened_at=each.at,
                received_at=now,
                payload=each.payload,
            )
            for each in rows
            if each.learner_id not in excluded_ids
            and consent_requirements.consent_requirement(purpose, each.unit.course_key)
            is not ConsentRequirement.OFF
        ]
    )
    quarantine.quarantine_events(split.unknown)
    return event_store.write_events(split.known)
