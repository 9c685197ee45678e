"""Pack columns as PostgreSQL's binary arrays, in a few calls per column: a driver would adapt them value by value."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db import DataError

HEAD = struct.Struct("!5i")
"""Number of dimensions, whether there are nulls, element type, number of elements, index of the first element."""

NULL = b"\xff\xff\xff\xff"
FIRST_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
FIRST_DAY = date(2000, 1, 1).toordinal()

Pack = Callable[[Any], bytes]


class PackedArray(bytes):
    """An array in the server's format, whose type a cast in the statement must give."""


def pack_array(type_name: str, values: Sequence[Any]) -> PackedArray:
    """Return ``values``, at least one, as an array of ``type_name``, a key of ``TYPES``."""
    number, pack_one = TYPES[type_name]
    try:
        if _are_equal(values) and pack_one is not _json:  # In Python 1 == True, but in JSON they differ.
            body = _packed_once(values[0], pack_one) * len(values)
        else:
            body = b"".join([NULL if value is None else pack_one(value) for value in values])
    except struct.error as error:
        raise DataError(f"A value does not fit {type_name}: {error}.") from error
    return PackedArray(HEAD.pack(1, None in values, number, len(values), 1) + body)


def _are_equal(values: Sequence[Any]) -> bool:
    """Return whether all values are equal, as learner, course and time of receipt are in most batches."""
    return values[0] == values[-1] and values.count(values[0]) == len(values)


def _packed_once(value: Any, pack_one: Pack) -> bytes:
    return NULL if value is None else pack_one(value)


def _number(code: str) -> Pack:
    form = struct.Struct(f"!i{code}")
    size = form.size - 4
    return lambda value: form.pack(size, value)


_whole, _long = _number("i"), _number("q")


def _sized(content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + content


def _text(value: str) -> bytes:
    return _sized(str(value).encode())  # str() converts a choice to its value.


def _json(value: Any) -> bytes:
    return _sized(b"\x01" + msgspec.json.encode(value))


def _uuid(value: UUID) -> bytes:
    return _sized(value.bytes)


def _moment(value: datetime) -> bytes:
    return _long((value - FIRST_MOMENT) // MICROSECOND)


def _day(value: date) -> bytes:
    return _whole(value.toordinal() - FIRST_DAY)


TYPES: dict[str, tuple[int, Pack]] = {
    "boolean": (16, _number("?")),
    "bigint": (20, _long),
    "smallint": (21, _number("h")),
    "integer": (23, _whole),
    "text": (25, _text),
    "double precision": (701, _number("d")),
    "date": (1082, _day),
    "timestamp with time zone": (1184, _moment),
    "uuid": (2950, _uuid),
    "jsonb": (3802, _json),
}
"""The types that can be packed: the server's number of each, and how its values are packed."""
