"""The intake: a posted batch becomes stored events, and every event that does not gets a typed answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any

import msgspec

from tracking import events
from tracking.capture import clamping, envelope, event_store, quarantine, rejections, uuid7
from tracking.capture.rejections import RejectReason
from tracking.events import EventSender, EventSource, LearnerId, PageProgress, Purpose
from tracking.exceptions import TrackingError
from tracking.lms.values import UnitRef
from tracking.models import QuarantineCause
from tracking.privacy import consent

FindUnit = Callable[[str], UnitRef | None]
"""Resolves the path of a page to its unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedEvent:
    """One event of a batch that was not stored: its place in the batch, and why."""

    index: int
    code: RejectReason


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestResult:
    """What became of a batch."""

    accepted_count: int
    duplicate_count: int
    quarantined_count: int = 0
    """Events of unknown courses or units, kept apart until they are known."""
    rejected: tuple[RejectedEvent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who sent a batch, when it arrived, and how the paths in it are understood.

    ``oldest_days`` bounds the age of events; ``None`` accepts any, for imports and simulations.
    """

    learner_id: LearnerId
    received_at: datetime
    source: EventSource
    find_unit: FindUnit
    oldest_days: int | None = None
    has_opted_out: bool = False
    """Whether the browser sends Global Privacy Control."""


def ingest_batch(body: bytes, sender: Sender) -> IngestResult:
    """Store the events of the batch ``body`` that can be stored, and say what became of the rest.

    Raises ``InvalidBatch`` where the batch as a whole cannot be read; then nothing is stored.
    """
    batch = envelope.parse_batch(body)
    sent_at = _moment(batch.sent_at)
    sender = replace(sender, find_unit=cache(sender.find_unit))  # The events of a batch share a page or two.
    permits = cache(partial(_permits, sender))
    results = [
        read if isinstance(read, RejectReason) else _admit(read, sender, sent_at=sent_at, permits=permits)
        for read in envelope.parse_events(batch)
    ]
    found = quarantine.split_known([result for result in results if isinstance(result, event_store.NewEvent)])
    accepted = event_store.write_events(found.known)
    dropped = quarantine.quarantine_events(found.unknown)
    rejected = tuple(
        RejectedEvent(
            index=i, code=result if isinstance(result, RejectReason) else RejectReason.QUARANTINE_FULL
        )
        for i, result in enumerate(results)
        if isinstance(result, RejectReason) or result.id in dropped
    )
    # Those that found no room in the quarantine are counted there.
    count_rejections(each.code for each in rejected if each.code is not RejectReason.QUARANTINE_FULL)
    return IngestResult(
        accepted_count=accepted,
        duplicate_count=len(found.known) - accepted,
        quarantined_count=sum(event.id not in dropped for event, _ in found.unknown),
        rejected=rejected,
    )


def ingest_host_event(
    learner_id: LearnerId,
    kind: str,
    unit: UnitRef,
    *,
    payload: dict[str, Any] | None = None,
    at: datetime,
    sender: EventSender = EventSender.HOST,
) -> bool:
    """Store one event that the host itself tells of; return whether the learner permits it.

    Where nobody knows its unit or its learner it is kept apart.

    Raises ``UnknownEventKind`` for a kind that nobody registered and ``TrackingError`` for a payload that does not fit
    or a kind that ``sender`` may not send.
    """
    known = events.get_kind(kind)
    if sender not in known.senders:
        raise TrackingError(
            f"{kind!r} does not come from {sender.value!r}. See senders in tracking.events.kinds."
        )
    if not consent.covers(learner_id, known.purpose, course_key=unit.course_key):
        return False
    if envelope.parse_payload(known, msgspec.json.encode(payload or {})) is None:
        raise TrackingError(
            f"{payload!r} does not match the payload of {kind!r}. See "
            f"{known.payload.__name__} in tracking.events."
        )
    event = event_store.NewEvent(
        id=uuid7.make_uuid7(at),
        learner_id=learner_id,
        course_key=unit.course_key,
        unit_key=unit.unit_key,
        kind=kind,
        source=EventSource.SERVER,
        happened_at=at,
        received_at=at,
        payload=payload or {},
    )
    if quarantine.missing_learners([learner_id]):
        quarantine.quarantine_events([(event, QuarantineCause.UNKNOWN_LEARNER)])
        return True
    found = quarantine.split_known([event])
    event_store.write_events(found.known)
    quarantine.quarantine_events(found.unknown)
    return True


def count_rejections(codes: Iterable[RejectReason]) -> None:
    """Add each of ``codes`` to the refusals of today."""
    for code, refused_count in sorted(Counter(codes).items()):
        rejections.count_rejected(code, refused_count=refused_count)


def _admit(
    read: envelope.ParsedEvent, sender: Sender, *, sent_at: datetime, permits: Callable[[Purpose, str], bool]
) -> event_store.NewEvent | RejectReason:
    if not permits(read.kind.purpose, ""):
        return RejectReason.NO_CONSENT
    happened_at = clamping.correct_clock(
        _moment(read.sent.at), sent_at=sent_at, received_at=sender.received_at
    )
    if _is_too_old(happened_at, sender):
        return RejectReason.TOO_OLD
    unit = _unit_of(read.sent, sender)
    if unit is None:
        return RejectReason.UNKNOWN_UNIT
    if not permits(read.kind.purpose, unit.course_key):
        return RejectReason.NO_CONSENT
    return _new_event(read, sender, unit=unit, happened_at=happened_at)


def _new_event(
    read: envelope.ParsedEvent, sender: Sender, *, unit: UnitRef, happened_at: datetime
) -> event_store.NewEvent:
    payload = read.payload
    if isinstance(payload, PageProgress):
        payload = clamping.clamp_progress(payload)
    return event_store.NewEvent(
        id=read.sent.id,
        learner_id=sender.learner_id,
        course_key=unit.course_key,
        unit_key=unit.unit_key,
        kind=read.kind.name,
        source=sender.source,
        happened_at=happened_at,
        received_at=sender.received_at,
        view_id=read.sent.view,
        visit_id=read.sent.visit,
        sequence=read.sent.n,
        payload=payload,
    )


def _unit_of(sent: envelope.ClaimedEvent, sender: Sender) -> UnitRef | None:
    if sent.course and sent.unit:
        return UnitRef(course_key=sent.course, unit_key=sent.unit)
    return sender.find_unit(sent.path) if sent.path else None


def _is_too_old(happened_at: datetime, sender: Sender) -> bool:
    return sender.oldest_days is not None and happened_at < sender.received_at - timedelta(
        days=sender.oldest_days
    )


def _permits(sender: Sender, purpose: Purpose, course_key: str) -> bool:
    return consent.covers(
        sender.learner_id, purpose, course_key=course_key, has_opted_out=sender.has_opted_out
    )


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
