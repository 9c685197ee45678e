"""The shape of a posted batch, and how it is read: typed, bounded, one bad event never failing its neighbours.

A batch is ``{"v": 1, "sent_at": ms, "events": [...]}``; an event is ``{"id": uuid, "t": kind, "at": ms,
"view": uuid, "visit": uuid, "n": int, "path": str | "course": key + "unit": key, "p": {...}}``. Times are epoch
milliseconds on the sender's clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from tracking.capture.refusals import Drop
from tracking.events import EventKind, find_kind
from tracking.exceptions import InvalidBatch
from tracking.models.keys import KEY_LENGTH

MAX_BODY_BYTES = 64 * 1024
MAX_EVENTS = 100
MAX_EVENT_BYTES = 4 * 1024

LATEST_MS = 4_102_444_800_000
"""The first millisecond of the year 2100: later times are mistakes, and far later ones overflow a datetime."""

EpochMs = Annotated[int, Meta(ge=0, lt=LATEST_MS)]
Key = Annotated[str, Meta(max_length=KEY_LENGTH)]


class Envelope(Struct, frozen=True):
    """A batch whose events are not read yet."""

    v: Literal[1]
    sent_at: EpochMs
    events: list[msgspec.Raw]


class SentEvent(Struct, frozen=True):
    """One event as its sender wrote it; nothing in it is believed yet."""

    id: UUID
    t: Annotated[str, Meta(min_length=1, max_length=40)]
    at: EpochMs
    view: UUID | None = None
    visit: UUID | None = None
    n: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    path: Annotated[str, Meta(max_length=2000)] = ""
    course: Key = ""
    unit: Key = ""
    p: msgspec.Raw = msgspec.Raw(b"{}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadEvent:
    """An event of a known kind with a payload that fits it."""

    sent: SentEvent
    kind: EventKind
    payload: Struct


_envelopes = msgspec.json.Decoder(Envelope)
_events = msgspec.json.Decoder(SentEvent)


def read(body: bytes) -> Envelope:
    """Return the batch in ``body``. Raises ``InvalidBatch`` where nothing of it can be used."""
    if len(body) > MAX_BODY_BYTES:
        raise InvalidBatch(
            "too_large", status=413, detail=f"A batch may have {MAX_BODY_BYTES} bytes. Send smaller ones."
        )
    try:
        envelope = _envelopes.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidBatch("bad_json", status=400, detail=f"The batch cannot be read: {error}.") from error
    if len(envelope.events) > MAX_EVENTS:
        detail = f"A batch may have {MAX_EVENTS} events, this one has {len(envelope.events)}. Split it."
        raise InvalidBatch("too_many", status=413, detail=detail)
    return envelope


def read_event(raw: msgspec.Raw) -> ReadEvent | Drop:
    """Return the event in ``raw``, or why it cannot be used."""
    text = bytes(raw)
    if len(text) > MAX_EVENT_BYTES:
        return Drop.TOO_LARGE
    # PostgreSQL stores no NUL in text and refuses the whole statement for one.
    if b"\\u0000" in text:
        return Drop.BAD_EVENT
    try:
        sent = _events.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Drop.BAD_EVENT
    kind = find_kind(sent.t)
    if kind is None:
        return Drop.UNKNOWN_KIND
    payload = read_payload(kind, bytes(sent.p))
    if payload is None:
        return Drop.BAD_PAYLOAD
    return ReadEvent(sent=sent, kind=kind, payload=payload)


def read_payload(kind: EventKind, text: bytes) -> Struct | None:
    """Return the payload of ``kind`` in the JSON ``text``, or ``None`` where it does not fit."""
    try:
        return msgspec.json.decode(text, type=kind.payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
