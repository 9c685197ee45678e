"""Storing many rows in one statement, past the ORM, which spends two thirds of such a job on field after field."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, TypeAlias

from django.db import connection, models

Adapt = Callable[[Any], Any]
Field: TypeAlias = "models.Field[Any, Any]"

CHUNK = 5000
"""Rows in one statement."""


def insert(model: type[models.Model], rows: Sequence[object], *, unless_known: bool = False) -> None:
    """Store ``rows``, which have the attributes of ``model``; the database numbers them where it does.

    With ``unless_known`` a row whose primary key is there already changes nothing. Any other rule that a row breaks
    raises ``django.db.DatabaseError``. Instances do not learn their primary keys.
    """
    ending = _unless_known(model) if unless_known else ""
    for start in range(0, len(rows), CHUNK):
        _insert(model, _stored_fields(model), rows[start : start + CHUNK], ending)


def insert_new(model: type[models.Model], rows: Sequence[Any]) -> set[Any]:
    """Store those of ``rows`` whose primary key is not there yet, and return their keys. No two rows share one.

    Where the database can tell what it stored that is one statement. Elsewhere those that are known are looked up
    before; a concurrent copy may slip in between, and then the database keeps the first.
    """
    if connection.vendor == "postgresql":
        ending = f"{_unless_known(model)} RETURNING {connection.ops.quote_name(str(model._meta.pk.column))}"
        return {
            key
            for start in range(0, len(rows), CHUNK)
            for (key,) in _insert(model, _stored_fields(model), rows[start : start + CHUNK], ending)
        }
    name = model._meta.pk.attname
    keys = {getattr(row, name) for row in rows}
    known = set(model._default_manager.filter(pk__in=keys).values_list("pk", flat=True))
    insert(model, [row for row in rows if getattr(row, name) not in known], unless_known=True)
    return keys - known


def _stored_fields(model: type[models.Model]) -> list[Field]:
    return [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]


def _insert(
    model: type[models.Model], fields: Sequence[Field], rows: Sequence[object], ending: str
) -> list[Any]:
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    head = f"INSERT INTO {quote(model._meta.db_table)} ({names})"
    columns = [[*map(_adapt(field), map(attrgetter(field.attname), rows))] for field in fields]
    if connection.vendor == "postgresql":
        # One array a column: the statement is the same however many rows there are.
        place = "%b" if _binds() else "%s"
        arrays = ", ".join(f"{place}::{_array_type(field)}" for field in fields)
        with _binding_cursor() if _binds() else connection.cursor() as cursor:
            cursor.execute(f"{head} SELECT * FROM unnest({arrays}) {ending}", columns)  # noqa: S608  Names of ours.
            return cursor.fetchall() if "RETURNING" in ending else []
    places = ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        cursor.executemany(f"{head} VALUES ({places}) {ending}", list(zip(*columns, strict=True)))
    return []


def _binds() -> bool:
    """Return whether the driver can send parameters in binary, apart from the statement: psycopg 3."""
    return hasattr(connection.Database, "ClientCursor")  # type: ignore[attr-defined]  # the stubs leave it out


def _binding_cursor() -> Any:
    """Return a cursor that sends parameters so; Django's own quotes them into the statement, in a third of the time."""
    connection.ensure_connection()
    bare = connection.Database.Cursor(connection.connection)  # type: ignore[attr-defined]
    return connection._prepare_cursor(bare)  # type: ignore[attr-defined]  # noqa: SLF001  Queries stay countable.


def _unless_known(model: type[models.Model]) -> str:
    # What the ORM writes for ignore_conflicts ignores more than a known key: SQLite's OR IGNORE leaves out a row that
    # breaks a constraint, MariaDB's IGNORE cuts a long value off, and neither says a word.
    key = connection.ops.quote_name(str(model._meta.pk.column))
    if connection.vendor == "mysql":
        return f"ON DUPLICATE KEY UPDATE {key} = {key}"
    return f"ON CONFLICT ({key}) DO NOTHING"


def _adapt(field: Field) -> Adapt:
    """Return what turns a value of ``field`` into what the database driver takes, as the ORM would."""
    if isinstance(field, models.JSONField):
        return lambda value: connection.ops.adapt_json_value(value, None)
    if isinstance(field, models.UUIDField) and not connection.features.has_native_uuid_field:
        return lambda value: None if value is None else value.hex
    if isinstance(field, models.DateField):
        has_time = isinstance(field, models.DateTimeField)
        ops = connection.ops
        return _remembering(ops.adapt_datetimefield_value if has_time else ops.adapt_datefield_value)
    if isinstance(field, models.ForeignKey):
        return _remembering(lambda value: field.get_db_prep_save(value, connection))
    if isinstance(field, models.CharField):
        # A driver may take a choice for the enum that it is.
        return lambda value: None if value is None else str(value)
    return lambda value: value


def _remembering(adapt: Adapt) -> Adapt:
    """Return ``adapt`` made quick for values that come again and again within a batch: moments, learners."""
    known: dict[Any, Any] = {}

    def remembered(value: Any) -> Any:
        if value not in known:
            known[value] = adapt(value)
        return known[value]

    return remembered


def _array_type(field: Field) -> str:
    # A cast to varchar(n) would cut a long value off without a word; as text it fails at the column.
    if isinstance(field, models.CharField):
        return "text[]"
    return f"{field.db_type(connection)}[]"
