"""Ingest a posted batch: store its events, and return a typed reason for each one that is rejected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any

import msgspec
from django.utils import timezone

from tracking import conf, events
from tracking.capture import clamping, envelope, event_store, quarantine, rejections, uuid7
from tracking.capture.rejections import RejectReason
from tracking.definitions import ranges
from tracking.events import EventKind, EventSender, EventSource, LearnerId, PageProgress, Purpose
from tracking.exceptions import TrackingError
from tracking.lms.values import UnitRef
from tracking.models import QuarantineCause
from tracking.models.keys import KEY_LENGTH
from tracking.privacy import consent

FindUnit = Callable[[str], UnitRef | None]
"""Resolves the path of a page to its unit."""
MaySend = Callable[[str], bool]
"""Says whether the sender may send events about the course with this key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedEvent:
    """One event of a batch that was not stored: its position in the batch, and why."""

    index: int
    code: RejectReason


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestResult:
    """How many events of a batch were stored, were stored before, were quarantined or were rejected."""

    accepted_count: int
    duplicate_count: int
    quarantined_count: int = 0
    """Events of unknown courses or units, which wait in quarantine."""
    rejected: tuple[RejectedEvent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who sent a batch, when it arrived, and how its paths resolve to units.

    ``oldest_days`` limits the age of events; ``None`` accepts any age, for imports and simulations.
    """

    learner_id: LearnerId
    received_at: datetime
    source: EventSource
    find_unit: FindUnit
    oldest_days: int | None = None
    has_opted_out: bool = False
    """Whether the browser sends Global Privacy Control."""
    may_send: MaySend | None = None
    """``None`` permits every course, for imports and simulations."""
    deferred_since: datetime | None = None
    """Since when batches of this sender are deferred: see ``deferrals``."""


def ingest_batch(body: bytes, sender: Sender) -> IngestResult:
    """Store the valid events of the batch ``body``, and report why the others were rejected.

    Raises ``InvalidBatch`` if the batch as a whole cannot be parsed; then nothing is stored.
    """
    batch = envelope.parse_batch(body)
    sent_at = _utc(batch.sent_at)
    # Most events of a batch share a page or two.
    sender = replace(
        sender,
        find_unit=cache(sender.find_unit),
        may_send=None if sender.may_send is None else cache(sender.may_send),
    )
    permits = cache(partial(_permits, sender))
    results = [
        parsed
        if isinstance(parsed, RejectReason)
        else _validate(parsed, sender, sent_at=sent_at, permits=permits)
        for parsed in envelope.parse_events(batch)
    ]
    split = quarantine.split_known([result for result in results if isinstance(result, event_store.NewEvent)])
    accepted = event_store.write_events(split.known)
    overflow_ids = quarantine.quarantine_events(split.unknown)
    rejected = tuple(
        RejectedEvent(
            index=i, code=result if isinstance(result, RejectReason) else RejectReason.QUARANTINE_FULL
        )
        for i, result in enumerate(results)
        if isinstance(result, RejectReason) or result.id in overflow_ids
    )
    # quarantine_events() already counted the events it had no room for; counting them here would count them twice.
    count_rejections(each.code for each in rejected if each.code is not RejectReason.QUARANTINE_FULL)
    return IngestResult(
        accepted_count=accepted,
        duplicate_count=len(split.known) - accepted,
        quarantined_count=sum(event.id not in overflow_ids for event, _ in split.unknown),
        rejected=rejected,
    )


def ingest_host_event(  # noqa: PLR0913  Each says one thing about the event.
    learner_id: LearnerId,
    kind: str,
    unit: UnitRef,
    *,
    payload: dict[str, Any] | None = None,
    at: datetime,
    sender: EventSender = EventSender.HOST,
    has_opted_out: bool = False,
) -> bool:
    """Store one event that the host reports; return whether the learner permits it.

    ``has_opted_out`` says whether the learner's browser sends Global Privacy Control.

    An event whose unit or learner is unknown is quarantined. Raises ``UnknownEventKind`` if the kind is not registered,
    and ``TrackingError`` if the payload does not match the kind or ``sender`` may not send it.
    """
    known = events.get_kind(kind)
    if sender not in known.senders:
        raise TrackingError(
            f"{kind!r} does not come from {sender.value!r}. See senders in tracking.events.kinds."
        )
    if not consent.covers(learner_id, known.purpose, course_key=unit.course_key, has_opted_out=has_opted_out):
        return False
    _check_host_event(known, unit, payload or {}, at=at, sender=sender)
    event = event_store.NewEvent(
        id=uuid7.make_uuid7(at),
        learner_id=learner_id,
        course_key=unit.course_key,
        unit_key=unit.unit_key,
        kind=kind,
        source=EventSource.BROWSER if sender is EventSender.BROWSER else EventSource.SERVER,
        happened_at=at,
        # The platform's own word needs no witness; a client's does.
        received_at=at if sender is EventSender.HOST else max(at, timezone.now()),
        payload=payload or {},
    )
    if quarantine.missing_learners([learner_id]):
        quarantine.quarantine_events([(event, QuarantineCause.UNKNOWN_LEARNER)])
        return True
    split = quarantine.split_known([event])
    event_store.write_events(split.known)
    quarantine.quarantine_events(split.unknown)
    return True


def _check_host_event(
    kind: EventKind, unit: UnitRef, payload: dict[str, Any], *, at: datetime, sender: EventSender
) -> None:
    """Raise ``TrackingError`` unless the payload matches the kind, and keys and moment are within their ranges."""
    # The platform itself may report what happened long ago; the API reports what happens.
    is_live = sender in {EventSender.API, EventSender.BROWSER}
    oldest = timedelta(days=conf.get_settings().MAX_EVENT_AGE_DAYS) if is_live else None
    ranges.check_happened_at("at", at, now=timezone.now(), oldest=oldest)
    ranges.check_text("course_key", unit.course_key, max_length=KEY_LENGTH)
    ranges.check_text("unit_key", unit.unit_key, max_length=KEY_LENGTH)
    try:
        text = msgspec.json.encode(payload)
    except (TypeError, ValueError, RecursionError):
        text = b""
    # PostgreSQL cannot store NUL in text.
    if b"\\u0000" in text or envelope.parse_payload(kind, text) is None:
        raise TrackingError(
            f"{payload!r} does not match the payload of {kind.name!r}. See "
            f"{kind.payload.__name__} in tracking.events."
        )


def count_rejections(codes: Iterable[RejectReason]) -> None:
    """Add each of ``codes`` to today's rejections."""
    for code, rejected_count in sorted(Counter(codes).items()):
        rejections.count_rejected(code, rejected_count=rejected_count)


def _validate(
    parsed: envelope.ParsedEvent,
    sender: Sender,
    *,
    sent_at: datetime,
    permits: Callable[[Purpose, str], bool],
) -> event_store.NewEvent | RejectReason:
    if not permits(parsed.kind.purpose, ""):
        return RejectReason.NO_CONSENT
    happened_at = clamping.correct_clock(
        _utc(parsed.claimed.at), sent_at=sent_at, received_at=sender.received_at
    )
    if _is_too_old(happened_at, sender):
        return RejectReason.TOO_OLD
    unit = _unit_of(parsed.claimed, sender)
    if unit is None:
        return RejectReason.UNKNOWN_UNIT
    if not permits(parsed.kind.purpose, unit.course_key):
        return RejectReason.NO_CONSENT
    if sender.may_send is not None and not sender.may_send(unit.course_key):
        return RejectReason.NOT_ENROLLED
    return _new_event(parsed, sender, unit=unit, happened_at=happened_at)


def _new_event(
    parsed: envelope.ParsedEvent, sender: Sender, *, unit: UnitRef, happened_at: datetime
) -> event_store.NewEvent:
    payload = parsed.payload
    if isinstance(payload, PageProgress):
        payload = clamping.clamp_progress(payload)
    return event_store.NewEvent(
        id=parsed.claimed.id,
        learner_id=sender.learner_id,
        course_key=unit.course_key,
        unit_key=unit.unit_key,
        kind=parsed.kind.name,
        source=sender.source,
        happened_at=happened_at,
        received_at=_arrived_at(sender, happened_at),
        view_id=parsed.claimed.view,
        visit_id=parsed.claimed.visit,
        sequence=parsed.claimed.n,
        payload=payload,
    )


def _arrived_at(sender: Sender, happened_at: datetime) -> datetime:
    """Return when the event arrived, or would have if we had not deferred it."""
    if sender.deferred_since is None:
        return sender.received_at
    return min(sender.received_at, max(sender.deferred_since, happened_at))


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


def _utc(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
