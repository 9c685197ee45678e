"""Read many rows at once without the ORM, which processes every value; from PostgreSQL in binary."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any, TypeAlias
from uuid import uuid4

import msgspec
from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models.functions import Cast

from tracking.storage import bulk_insert

CHUNK = 5000
"""Rows in memory at a time."""

Rows: TypeAlias = "models.QuerySet[Any, Any]"


def iter_values(rows: Rows, *names: str) -> Generator[tuple[Any, ...]]:
    """Yield what ``values_list`` would, a chunk at a time; datetimes may be in another time zone than UTC.

    ``names`` are fields and annotations.
    """
    if not _is_binary():
        yield from rows.values_list(*names).iterator(CHUNK)
        return
    # Cast JSON to text and decode it here: the driver uses the standard library, which takes five times as long.
    json_positions = [position for position, name in enumerate(names) if _is_json(rows.model, name)]
    columns = [
        Cast(name, models.TextField()) if position in json_positions else name
        for position, name in enumerate(names)
    ]
    for row in fetch_values(rows.values_list(*columns)):
        yield _decoded(row, json_positions) if json_positions else row


def fetch_values(rows: Rows) -> Generator[tuple[Any, ...]]:
    """Yield the rows of ``values_list`` as PostgreSQL's driver returns them."""
    try:
        statement, parameters = rows.query.sql_with_params()
    except EmptyResultSet:  # For example a filter on an empty list of learners.
        return
    is_server_side = not connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS")
    name = f"tracking_{uuid4().hex}" if is_server_side else ""
    if is_server_side and connection.in_atomic_block:
        _plan_for_every_row()
    with (
        bulk_insert.binding_cursor(name)
        if bulk_insert.supports_binary_parameters()
        else connection.cursor() as cursor
    ):
        if bulk_insert.supports_binary_parameters():
            cursor.cursor.format = connection.Database.pq.Format.BINARY  # type: ignore[attr-defined]
        cursor.execute(statement, parameters)
        while found := cursor.fetchmany(CHUNK):
            yield from found


def _plan_for_every_row() -> None:
    """Let the server plan the cursors of this transaction for being read to the end.

    By default it assumes that a tenth of the rows is read. To return the first rows sooner, it would scan a whole table
    in index order, although it could look up the few rows that are needed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('cursor_tuple_fraction', '1', true)")


def _is_binary() -> bool:
    return connection.vendor == "postgresql" and bulk_insert.supports_binary_parameters()


def _is_json(model: type[models.Model], name: str) -> bool:
    return any(
        field.attname == name and isinstance(field, models.JSONField) for field in model._meta.concrete_fields
    )


def _decoded(row: tuple[Any, ...], json_positions: Sequence[int]) -> tuple[Any, ...]:
    values = list(row)
    for position in json_positions:
        values[position] = msgspec.json.decode(values[position])
    return tuple(values)
