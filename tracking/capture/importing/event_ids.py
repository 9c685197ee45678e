"""The ids of imported events: the same for the same row of the same log, so that importing it again adds nothing."""

from __future__ import annotations

import hashlib
from uuid import UUID, uuid5

from tracking.capture.importing.rows import LogRow

NAMESPACE = UUID("5b0c1c0e-6c55-5f0b-9b62-3f0d4c1f7d11")


def id_from_name(*names: str) -> UUID:
    """Return the id of what the log itself gives a name."""
    return uuid5(NAMESPACE, "\x1f".join(names))


def id_from_position(origin: bytes, row: LogRow, *, kind: str) -> UUID:
    """Return the id of what only its place in the log tells from others.

    Equal rows on different lines are different events: in many logs they are. ``origin`` is the header and first row,
    not the file's name or size, so that a log that has grown keeps its ids. The id is a UUID of version 8 (RFC 9562)
    whose first 48 bits are the log's and whose next 38 count its lines: written in order, such keys fill a database
    index from end to end, where random ones touch a page of it for every row.
    """
    log = int.from_bytes(hashlib.sha256(origin + kind.encode()).digest()[:6])
    content = int.from_bytes(hashlib.sha256(row.text.encode("utf-8", "surrogateescape")).digest()[:5])
    rest = ((row.line & ((1 << 38) - 1)) << 36) | (content & ((1 << 36) - 1))
    return UUID(int=log << 80 | 0x8 << 76 | (rest >> 62) << 64 | 0b10 << 62 | (rest & ((1 << 62) - 1)))
