"""Parse a posted batch: typed, bounded, and one bad event never fails the others.

A batch is ``{"v": 1, "sent_at": ms, "events": [...]}``; an event is ``{"id": uuid, "t": kind, "at": ms, "view": uuid,
"visit": uuid, "n": int, "path": str | "course": key + "unit": key, "p": {...}}``. Times are epoch milliseconds on the
sender's clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, reduce
from operator import or_
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from tracking import events
from tracking.capture.rejections import RejectReason
from tracking.events import EventKind, EventSender
from tracking.exceptions import InvalidBatch
from tracking.models.keys import KEY_LENGTH

MAX_BODY_BYTES = 64 * 1024
MAX_EVENTS = 100
MAX_EVENT_BYTES = 4 * 1024

LATEST_MS = 4_102_444_800_000
"""The first millisecond of the year 2100. Later times are mistakes, and far later ones overflow a datetime."""

EpochMs = Annotated[int, Meta(ge=0, lt=LATEST_MS)]
Key = Annotated[str, Meta(max_length=KEY_LENGTH)]


class Envelope(Struct, frozen=True):
    """A batch whose events have not been parsed yet."""

    v: Literal[1]
    sent_at: EpochMs
    events: list[msgspec.Raw]


class ClaimedEvent(Struct, frozen=True, kw_only=True):
    """One event as its sender wrote it, without kind and payload. It is untrusted input."""

    id: UUID
    at: EpochMs
    view: UUID | None = None
    visit: UUID | None = None
    n: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    path: Annotated[str, Meta(max_length=2000)] = ""
    course: Key = ""
    unit: Key = ""


class _AnyEvent(ClaimedEvent, frozen=True, kw_only=True):
    """An event of any kind, with any payload."""

    t: Annotated[str, Meta(min_length=1, max_length=40)]


class ParsedEvent(Struct, frozen=True):
    """An event of a known kind with a valid payload."""

    claimed: ClaimedEvent
    kind: EventKind
    payload: Struct


_Kinds: TypeAlias = Mapping[type[ClaimedEvent], EventKind]

_envelopes = msgspec.json.Decoder(Envelope)
_any_events = msgspec.json.Decoder(_AnyEvent)


def parse_batch(body: bytes) -> Envelope:
    """Return the batch in ``body``. Raises ``InvalidBatch`` if no part of it can be used."""
    if len(body) > MAX_BODY_BYTES:
        raise InvalidBatch(
            "too_large",
            status=413,
            detail=f"A batch may have at most {MAX_BODY_BYTES} bytes. Send smaller batches.",
        )
    try:
        envelope = _envelopes.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidBatch("bad_json", status=400, detail=f"The batch cannot be read: {error}.") from error
    if len(envelope.events) > MAX_EVENTS:
        detail = (
            f"A batch may have at most {MAX_EVENTS} events; this one has {len(envelope.events)}. Split it."
        )
        raise InvalidBatch("too_many", status=413, detail=detail)
    return envelope


def parse_events(batch: Envelope) -> list[ParsedEvent | RejectReason]:
    """Return each event of ``batch``, or the reason to reject it, in the order of the batch."""
    # A host may register kinds at any time, so the decoder is cached by the kinds that there are now.
    decoder, kinds = _decoder(tuple(events.kinds_from_sender(EventSender.BROWSER)))
    return [_read_event(bytes(raw), decoder, kinds) for raw in batch.events]


def parse_payload(kind: EventKind, text: bytes) -> Struct | None:
    """Return the payload of ``kind`` in the JSON ``text``, or ``None`` if it does not match."""
    try:
        return msgspec.json.decode(text, type=kind.payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _read_event(text: bytes, decoder: msgspec.json.Decoder[Any], kinds: _Kinds) -> ParsedEvent | RejectReason:
    if len(text) > MAX_EVENT_BYTES:
        return RejectReason.TOO_LARGE
    # PostgreSQL cannot store NUL in text: one such event would fail the statement that stores the whole batch.
    if b"\\u0000" in text:
        return RejectReason.BAD_EVENT
    try:
        claimed = decoder.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _reason(text)
    return ParsedEvent(claimed, kinds[type(claimed)], claimed.p)


def _reason(text: bytes) -> RejectReason:
    """Return why an event that does not parse is rejected."""
    try:
        claimed = _any_events.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return RejectReason.BAD_EVENT
    kind = events.find_kind(claimed.t)
    # Do not reveal which kinds exist that a browser may not send.
    is_known = kind is not None and EventSender.BROWSER in kind.senders
    return RejectReason.BAD_PAYLOAD if is_known else RejectReason.UNKNOWN_KIND


@lru_cache(maxsize=8)
def _decoder(kinds: tuple[EventKind, ...]) -> tuple[msgspec.json.Decoder[Any], _Kinds]:
    """Return a decoder for events of any of ``kinds``, and the kinds by the type that it yields.

    It decodes head and payload in one pass: decoding them one after the other took twice as long.
    """
    shapes = {_shape(kind): kind for kind in kinds}
    return msgspec.json.Decoder(reduce(or_, shapes)), shapes


def _shape(kind: EventKind) -> type[Any]:
    payload = parse_payload(kind, b"{}")
    payload_field = ("p", kind.payload) if payload is None else ("p", kind.payload, payload)
    return msgspec.defstruct(
        f"Sent {kind.name}",
        [payload_field],
        bases=(ClaimedEvent,),
        tag_field="t",
        tag=kind.name,
        frozen=True,
        kw_only=True,
    )
