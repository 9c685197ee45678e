"""The ids of imported events: a row always gets the same id, so importing the log again adds nothing."""

from __future__ import annotations

import hashlib
from uuid import UUID, uuid5

from tracking.capture.importing.rows import LogRow

NAMESPACE = UUID("5b0c1c0e-6c55-5f0b-9b62-3f0d4c1f7d11")


def id_from_name(*names: str) -> UUID:
    """Return the id of something that the log itself gives a name."""
    return uuid5(NAMESPACE, "\x1f".join(names))


def id_from_position(origin: bytes, row: LogRow, *, kind: str) -> UUID:
    """Return the id of an event that only its position in the log identifies.

    Equal rows on different lines are different events: in many logs they are. ``origin`` is the header and the first
    row, not the file's name or size, so that a log that has grown keeps its ids.

    The id is a UUID of version 8 (RFC 9562): its first 48 bits identify the log, the next 38 count its lines. Keys in
    this order fill a database index from end to end. Random keys would touch one of its pages for every row.
    """
    log_hash = int.from_bytes(hashlib.sha256(origin + kind.encode()).digest()[:6])
    row_hash = int.from_bytes(hashlib.sha256(row.text.encode("utf-8", "surrogateescape")).digest()[:5])
    rest = ((row.line & ((1 << 38) - 1)) << 36) | (row_hash & ((1 << 36) - 1))
    # Bits 76 to 79 are the version, bits 62 and 63 the variant.
    return UUID(int=log_hash << 80 | 0x8 << 76 | (rest >> 62) << 64 | 0b10 << 62 | (rest & ((1 << 62) - 1)))
