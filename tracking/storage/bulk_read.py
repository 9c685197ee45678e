"""Reading many rows in one go, past the ORM, which looks at every value; from PostgreSQL in binary."""

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
"""Rows held at a time."""

Rows: TypeAlias = "models.QuerySet[Any, Any]"


def iter_values(rows: Rows, *names: str) -> Generator[tuple[Any, ...]]:
    """Yield what ``values_list`` would, a chunk at a time; moments may be in another zone than UTC.

    ``names`` are fields and annotations.
    """
    if not _is_binary():
        yield from rows.values_list(*names).iterator(CHUNK)
        return
    # The driver would read JSON with the standard library, in five times the time.
    places = [place for place, name in enumerate(names) if _is_json(rows.model, name)]
    wanted = [Cast(name, models.TextField()) if place in places else name for place, name in enumerate(names)]
    for row in fetch_values(rows.values_list(*wanted)):
        yield _decoded(row, places) if places else row


def fetch_values(rows: Rows) -> Generator[tuple[Any, ...]]:
    """Yield the rows of ``values_list`` as the driver of PostgreSQL has them."""
    try:
        statement, parameters = rows.query.sql_with_params()
    except EmptyResultSet:  # Such as those of none of several learners.
        return
    is_held_by_server = not connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS")
    name = f"tracking_{uuid4().hex}" if is_held_by_server else ""
    if is_held_by_server and connection.in_atomic_block:
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
    """Let the server plan cursors of this transaction for being read to their end.

    Unless told, it takes a tenth for wanted, and to have the first rows sooner walks over a whole table in the order of
    an index where it could look up the few that are asked for.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('cursor_tuple_fraction', '1', true)")


def _is_binary() -> bool:
    return connection.vendor == "postgresql" and bulk_insert.supports_binary_parameters()


def _is_json(model: type[models.Model], name: str) -> bool:
    return any(
        field.attname == name and isinstance(field, models.JSONField) for field in model._meta.concrete_fields
    )


def _decoded(row: tuple[Any, ...], places: Sequence[int]) -> tuple[Any, ...]:
    values = list(row)
    for place in places:
        values[place] = msgspec.json.decode(values[place])
    return tuple(values)
