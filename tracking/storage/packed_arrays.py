"""Columns packed as PostgreSQL's binary arrays, in a few calls a column: a driver adapts them value by value."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db import DataError

HEAD = struct.Struct("!5i")
"""Dimensions, whether there are nulls, type of the elements, how many there are, and the number of the first."""

NULL = b"\xff\xff\xff\xff"
FIRST_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
FIRST_DAY = date(2000, 1, 1).toordinal()

Pack = Callable[[Any], bytes]


class PackedArray(bytes):
    """An array as the server reads it, which a cast in the statement must give its type."""


def pack_array(type_name: str, values: Sequence[Any]) -> PackedArray:
    """Return ``values``, at least one, as an array of the type that ``type_name`` names, one of ``TYPES``."""
    number, pack_one = TYPES[type_name]
    try:
        if (
            _are_equal(values) and pack_one is not _json
        ):  # To Python 1 and True are equal, in JSON they are not.
            body = _packed_once(values[0], pack_one) * len(values)
        else:
            body = b"".join([NULL if value is None else pack_one(value) for value in values])
    except struct.error as error:
        raise DataError(f"A value does not fit {type_name}: {error}.") from error
    return PackedArray(HEAD.pack(1, None in values, number, len(values), 1) + body)


def _are_equal(values: Sequence[Any]) -> bool:
    """Return whether one value stands in every row, as learner, course and moment of arrival do in most batches."""
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
    return _sized(str(value).encode())  # str() makes of a choice what it stands for.


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
"""The types that can be packed: the number by which the server knows each, and how a value of it is written."""
