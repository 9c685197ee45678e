"""Rows as PostgreSQL itself writes them, by ``COPY``: several times what Python can do value by value.

Each chunk of keys is a statement of its own, so that no transaction is held open while somebody far away reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.db import connection, models

from tracking.exports import export_tables
from tracking.exports.export_tables import ExportQuery

CHUNK = 50_000
"""Rows of one statement. They are given on as they come, so that memory does not grow with it."""
GIVEN_ON = 256 * 1024
"""Bytes that are given on at a time: the server sends a row at a time."""

MOMENT = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')"""
DISARMED = "CASE WHEN ascii({0}) < 65 AND ascii({0}) IN (9, 13, 43, 45, 61, 64) THEN '''' || {0} ELSE {0} END"
"""Text without what a spreadsheet takes for a formula where a cell begins with it: tab, return, +, -, = and @.

Most text begins with a letter, and then one comparison tells, in a fifth of the time.
"""

CSV = "FORMAT csv"
LINES = "FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02'"
"""Text as it is, a line a row: JSON never holds these two characters unescaped."""


def supports_copy() -> bool:
    """Return whether the database can do it."""
    return connection.vendor == "postgresql"


def copy_csv_safe(wanted: ExportQuery) -> Iterator[bytes]:
    """Yield the rows as CSV without a head; text that a spreadsheet would reckon with has an apostrophe in front."""
    for rows in _copied(wanted, _columns(wanted, text=DISARMED), CSV):
        yield from rows


def copy_json_lines(wanted: ExportQuery) -> Iterator[bytes]:
    """Yield the rows as lines of JSON."""
    for rows in _copied(wanted, "row_to_json(t)", LINES):
        yield from rows


def copy_csv_raw(wanted: ExportQuery) -> Iterator[bytes]:
    """Yield the rows as CSV without a head and as they are, a chunk at a time."""
    for rows in _copied(wanted, _columns(wanted, text="{}"), CSV):
        yield b"".join(rows)


def _columns(wanted: ExportQuery, *, text: str) -> str:
    return ", ".join(
        _written(column.field, text).format(f"t.{connection.ops.quote_name(str(column.field.column))}")
        for column in export_tables.export_columns(wanted.table)
    )


def _written(field: models.Field[Any, Any], text: str) -> str:
    if isinstance(field, models.DateTimeField):
        return MOMENT
    if isinstance(field, models.BooleanField):
        return "{}::text"
    is_text = isinstance(field, models.CharField | models.TextField)
    return text if is_text and not isinstance(field, models.UUIDField) else "{}"


def _copied(wanted: ExportQuery, columns: str, form: str) -> Iterator[Iterator[bytes]]:
    """Yield the rows of each chunk, asked for once those before it were taken."""
    key = connection.ops.quote_name(str(export_tables.export_model(wanted.table)._meta.pk.column))
    last: object = True
    while last is not None:
        rows = export_tables.export_rows(wanted)
        last = rows.values_list("pk", flat=True)[CHUNK - 1 : CHUNK].first()
        part = rows if last is None else rows.filter(pk__lte=last)
        chosen = f"SELECT {columns} FROM ({_text_of(part)}) AS t ORDER BY t.{key}"  # noqa: S608  Names of our own columns.
        yield _sent(f"COPY ({chosen}) TO STDOUT ({form})")
        wanted = replace(wanted, after=str(last))


def _text_of(rows: models.QuerySet[Any, Any]) -> str:
    """Return a query with its parameters in it: COPY takes none beside."""
    sql, parameters = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        client = connection.Database.ClientCursor(cursor.connection)  # type: ignore[attr-defined]
        return str(client.mogrify(sql, parameters))


def _sent(sql: str) -> Iterator[bytes]:
    pile = bytearray()
    with connection.cursor() as cursor, cursor.copy(sql) as stream:
        for row in stream:
            pile += row
            if len(pile) >= GIVEN_ON:
                yield bytes(pile)
                pile.clear()
    yield bytes(pile)
