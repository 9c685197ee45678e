"""Sending many new rows to PostgreSQL in one stream, as its own binary values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import msgspec
from django.db import DataError, connection

JSON = "jsonb"
JSON_VERSION = b"\x01"
"""What a binary ``jsonb`` begins with, ahead of its text."""

LIMITS = {"smallint": 2**15, "integer": 2**31}
"""Where numbers of a type end; the driver cuts greater ones off without a word."""

Values = Sequence[Any]


def copy_rows(table: str, columns: Sequence[str], types: Sequence[str], rows: Sequence[Values]) -> None:
    """Append ``rows`` to ``table``, each the values of ``columns``, which are of these ``types``.

    In binary that takes an eighth of the time of text, which spends most of it on moments. A type that the driver does
    not know by name is sent as text, with all others. Needs psycopg 3. Raises ``django.db.DataError`` where a value
    does not fit its column.
    """
    quote = connection.ops.quote_name
    is_binary = all(map(_is_known, types))
    names = ", ".join(map(quote, columns))
    statement = f"COPY {quote(table)} ({names}) FROM STDIN{' (FORMAT BINARY)' if is_binary else ''}"
    places = [place for place, name in enumerate(types) if name == JSON]
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as stream:
        if is_binary:
            _refuse_what_does_not_fit(columns, types, rows)
            stream.set_types(["bytea" if name == JSON else name for name in types])
        for row in _with_json(rows, places, is_binary=is_binary) if places else rows:
            stream.write_row(row)


def _refuse_what_does_not_fit(columns: Sequence[str], types: Sequence[str], rows: Sequence[Values]) -> None:
    for place, (column, name) in enumerate(zip(columns, types, strict=True)):
        if limit := LIMITS.get(name):
            numbers = [row[place] for row in rows if row[place]]
            if numbers and not -limit <= min(numbers) <= max(numbers) < limit:
                raise DataError(f"{max(numbers, key=abs)} is out of range for {column}, of type {name}.")


def _with_json(rows: Iterable[Values], places: Sequence[int], *, is_binary: bool) -> Iterable[Values]:
    for row in rows:
        values = list(row)
        for place in places:
            encoded = msgspec.json.encode(values[place])
            values[place] = JSON_VERSION + encoded if is_binary else encoded.decode()
        yield values


@cache
def _is_known(name: str) -> bool:
    types = connection.Database.adapters.types  # type: ignore[attr-defined]  # the stubs leave it out
    return types.get(name) is not None
