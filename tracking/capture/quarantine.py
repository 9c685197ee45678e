"""Quarantine: events and attempts of an unknown course, unit or learner wait here, within limits.

A key is known if the stored outline has it. If no outline of the course is stored yet, the host is asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Count

from tracking import conf, lms
from tracking.capture import changes, rejections
from tracking.capture.event_store import NewEvent
from tracking.capture.rejections import RejectReason
from tracking.events import EventSource, LearnerId
from tracking.lms.values import AttemptRecord, UnitRef
from tracking.models import CourseOutline, OutlineUnit, QuarantineCause, QuarantinedRecord
from tracking.storage.host_cache import cache

ATTEMPT = "attempt"
KNOWN_SECONDS = 300
"""How long it is cached that an outline has a unit.

That it lacks a unit is never cached: the next refresh may add it.
"""
ASKED_SECONDS = 60
"""After an unknown key, how long no further one triggers a refresh of that course's outline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitEvents:
    """Events to store, and events to quarantine with the cause of each."""

    known: list[NewEvent]
    unknown: list[tuple[NewEvent, QuarantineCause]]


def split_known(new_events: Sequence[NewEvent]) -> SplitEvents:
    """Split the events into those of known units and the others."""
    keys = {(event.course_key, event.unit_key) for event in new_events}
    causes = find_causes({UnitRef(course_key=course_key, unit_key=unit_key) for course_key, unit_key in keys})
    if not causes:
        return SplitEvents(known=list(new_events), unknown=[])
    return SplitEvents(
        known=[event for event in new_events if _unit_of(event) not in causes],
        unknown=[(event, causes[_unit_of(event)]) for event in new_events if _unit_of(event) in causes],
    )


def find_causes(units: Collection[UnitRef]) -> dict[UnitRef, QuarantineCause]:
    """Return the unknown ones of ``units``, each with its cause."""
    cached = cache.get_many([_cache_key(unit) for unit in units])
    uncached = [unit for unit in units if _cache_key(unit) not in cached]
    if not uncached:
        return {}
    causes = _look_up(uncached)
    known = {_cache_key(unit): 1 for unit in uncached if unit not in causes}
    if known:
        cache.set_many(known, KNOWN_SECONDS)
    return causes


def missing_learners(learner_ids: Iterable[LearnerId]) -> set[LearnerId]:
    """Return those of ``learner_ids`` that no user has."""
    wanted = set(learner_ids)
    return wanted - set(get_user_model()._base_manager.filter(pk__in=wanted).values_list("pk", flat=True))


def quarantine_events(unknown: Sequence[tuple[NewEvent, QuarantineCause]]) -> set[Any]:
    """Quarantine the events; return the ids of those for which there was no room."""
    rows = {_fingerprint("event", event.id): _event_row(event, cause) for event, cause in unknown}
    rejected = _store_rows(rows)
    return {event.id for event, _ in unknown if _fingerprint("event", event.id) in rejected}


def quarantine_attempts(given: Sequence[tuple[AttemptRecord, QuarantineCause]]) -> None:
    """Quarantine the attempts; a later version of one replaces an earlier one."""
    rows = (_attempt_row(record, cause) for record, cause in given)
    _store_rows({row.fingerprint: row for row in rows})


def delete_quarantined_attempts(**source: Any) -> None:
    """Delete what is quarantined of a host's row, by ``source_label``, ``source_key`` and optionally ``learner_id``."""
    QuarantinedRecord.objects.filter(**source).delete()


def delete_quarantined_events(event_ids: Iterable[Any]) -> None:
    """Delete those of the events that are quarantined."""
    QuarantinedRecord.objects.filter(
        fingerprint__in=[_fingerprint("event", each) for each in event_ids]
    ).delete()


def _look_up(units: Sequence[UnitRef]) -> dict[UnitRef, QuarantineCause]:
    courses = {unit.course_key for unit in units}
    in_outline = set(
        OutlineUnit.objects.filter(
            course_key__in=courses, unit_key__in={unit.unit_key for unit in units}
        ).values_list("course_key", "unit_key")
    )
    missing = [unit for unit in units if (unit.course_key, unit.unit_key) not in in_outline]
    if not missing:
        return {}
    read_keys = set(CourseOutline.objects.filter(pk__in=courses).values_list("pk", flat=True))
    host_keys = {key: _keys_of_host(key) for key in sorted(courses - read_keys)}
    causes = {unit: _cause(unit, read_keys, host_keys) for unit in missing}
    return {unit: cause for unit, cause in causes.items() if cause is not None}


def _cause(
    unit: UnitRef, read_keys: Collection[str], host_keys: Mapping[str, frozenset[str] | None]
) -> QuarantineCause | None:
    keys = host_keys.get(unit.course_key)
    if unit.course_key not in read_keys and keys is None:
        return QuarantineCause.UNKNOWN_COURSE
    # An event about the course as a whole has no unit key.
    is_known = not unit.unit_key or (keys is not None and unit.unit_key in keys)
    return None if is_known else QuarantineCause.UNKNOWN_UNIT


def _keys_of_host(course_key: str) -> frozenset[str] | None:
    outline = lms.get_adapter().outline(course_key)
    return None if outline is None else frozenset(node.key for node in outline.nodes)


def _store_rows(rows: Mapping[str, QuarantinedRecord]) -> set[str]:
    """Store ``rows``, by fingerprint, as far as there is room; return the fingerprints of the others."""
    return _store_some(rows) if rows else set()  # Even an empty transaction costs two round trips.


@transaction.atomic
def _store_some(rows: Mapping[str, QuarantinedRecord]) -> set[str]:
    known = set(QuarantinedRecord.objects.filter(fingerprint__in=rows).values_list("fingerprint", flat=True))
    rejected = _without_room([row for fingerprint, row in rows.items() if fingerprint not in known])
    # Write in key order: two writers of the same records then queue up instead of deadlocking.
    accepted = [row for fingerprint, row in sorted(rows.items()) if fingerprint not in rejected]
    QuarantinedRecord.objects.bulk_create(
        accepted,
        update_conflicts=True,
        unique_fields=["fingerprint"],
        update_fields=["cause", "learner", "course_key", "unit_key", "happened_at", "payload"],
    )
    if rejected:
        rejections.count_rejected(RejectReason.QUARANTINE_FULL, rejected_count=len(rejected))
    _request_outlines({row.course_key for row in accepted if row.course_key})
    return rejected


def _without_room(rows: Sequence[QuarantinedRecord]) -> set[str]:
    """Return the fingerprints of rows beyond a limit: of the table, of one learner, or of all browsers."""
    limits = conf.get_settings()
    total = QuarantinedRecord.objects.count()
    browser_count = QuarantinedRecord.objects.filter(source=EventSource.BROWSER).count()
    event_counts: Counter[Any] = Counter(_event_counts({row.learner_id for row in rows} - {None}))
    rejected: set[str] = set()
    for row in rows:
        is_from_browser = row.source == EventSource.BROWSER
        is_event = row.kind != ATTEMPT
        # Browsers may fill at most half, so that there is always room for what the host itself reports.
        is_over = (
            total >= limits.QUARANTINE_MAX
            or (is_from_browser and browser_count >= limits.QUARANTINE_MAX // 2)
            or (is_event and event_counts[row.learner_id] >= limits.QUARANTINE_MAX_PER_LEARNER)
        )
        if is_over:
            rejected.add(row.fingerprint)
            continue
        total += 1
        browser_count += is_from_browser
        event_counts[row.learner_id] += is_event
    return rejected


def _event_counts(learner_ids: Collection[LearnerId]) -> dict[LearnerId, int]:
    events = QuarantinedRecord.objects.filter(learner_id__in=learner_ids).exclude(kind=ATTEMPT)
    return dict(events.values_list("learner_id").annotate(quarantined_count=Count("pk")).order_by())


def _request_outlines(course_keys: Collection[str]) -> None:
    for course_key in sorted(course_keys):
        # cache.add() is atomic: of all processes that meet an unknown key, only one requests the refresh.
        if cache.add(f"tracking:asked:{_fingerprint(course_key)}", 1, ASKED_SECONDS):
            changes.mark_outline_changed(course_key)


def _event_row(event: NewEvent, cause: QuarantineCause) -> QuarantinedRecord:
    return QuarantinedRecord(
        fingerprint=_fingerprint("event", event.id),
        cause=cause,
        kind=event.kind,
        source=str(event.source),
        **_learner(event.learner_id, cause),
        course_key=event.course_key,
        unit_key=event.unit_key,
        happened_at=event.happened_at,
        # The learner is in a column of its own, where erasure finds it.
        payload=msgspec.to_builtins(msgspec.structs.replace(event, learner_id=None)),
    )


def _attempt_row(given: AttemptRecord, cause: QuarantineCause) -> QuarantinedRecord:
    moment: datetime = given.submitted_at or given.started_at
    return QuarantinedRecord(
        fingerprint=_fingerprint(given.source_label, given.source_key, given.learner_id),
        cause=cause,
        kind=ATTEMPT,
        source_label=given.source_label,
        source_key=given.source_key,
        **_learner(given.learner_id, cause),
        course_key=given.unit.course_key,
        unit_key=given.unit.unit_key,
        happened_at=moment,
        payload=msgspec.to_builtins(replace(given, learner_id=None)),
    )


def _learner(learner_id: LearnerId, cause: QuarantineCause) -> dict[str, Any]:
    is_unknown = cause is QuarantineCause.UNKNOWN_LEARNER
    return {"learner_key": str(learner_id)} if is_unknown else {"learner_id": learner_id}


def _unit_of(event: NewEvent) -> UnitRef:
    return UnitRef(course_key=event.course_key, unit_key=event.unit_key)


def _cache_key(unit: UnitRef) -> str:
    return f"tracking:unit:{_fingerprint(unit.course_key, unit.unit_key)}"


def _fingerprint(*parts: object) -> str:
    return sha256("\0".join(map(str, parts)).encode()).hexdigest()
