"""Store many rows in one statement without the ORM, which spends two thirds of such a job on single fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from functools import cache
from importlib import import_module
from itertools import chain
from operator import attrgetter
from typing import Any, TypeAlias

import msgspec
from django.db import connection, models, transaction

from tracking.storage import bulk_copy, packed_arrays

Adapt = Callable[[Any], Any]
Field: TypeAlias = "models.Field[Any, Any]"

CHUNK = 5000
"""Rows in one statement."""


def insert_rows(model: type[models.Model], rows: Sequence[object], *, unless_known: bool = False) -> None:
    """Store ``rows``, which have the attributes of ``model``; the database numbers them if their key is automatic.

    With ``unless_known``, a row whose primary key is already stored changes nothing. A row that breaks any other
    constraint raises ``django.db.DatabaseError``. Instances do not learn their primary keys.
    """
    ending = _unless_known(model) if unless_known else ""
    for start in range(0, len(rows), CHUNK):
        _insert(model, rows[start : start + CHUNK], ending)


def insert_missing(
    model: type[models.Model], rows: Sequence[Any], *, and_if_any: Sequence[models.Model] = ()
) -> set[Any]:
    """Store those of ``rows`` whose primary key is not stored yet; return their keys. No two rows share a key.

    If any row was new, the instances ``and_if_any``, all of one model, are stored with them: all or nothing. That is
    one statement if the database can return what it stored. Elsewhere known keys are queried before. A concurrent copy
    may be stored in between, and then the database keeps the first.
    """
    is_one_statement = _returns_rows() and len(rows) <= CHUNK
    # One statement is atomic anyway. Inside the caller's transaction it needs a savepoint, or its failure would break
    # that.
    with transaction.atomic() if connection.in_atomic_block or not is_one_statement else nullcontext():
        if is_one_statement:
            return _insert_new(model, rows, and_if_any)
        store = _insert_new if _returns_rows() else _insert_unknown
        chunks = (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))
        new = {key for chunk in chunks for key in store(model, chunk)}
        if new and and_if_any:
            insert_rows(type(and_if_any[0]), and_if_any)
    return new


def stored_field_names(model: type[models.Model]) -> list[str]:
    """Return the names of the stored attributes, in the order that the functions below expect."""
    return [field.attname for field in _stored_fields(model)]


def insert_value_rows(model: type[models.Model], rows: Sequence[tuple[Any, ...]]) -> None:
    """Store ``rows``, each the values of ``stored_field_names``."""
    if rows and connection.vendor == "postgresql" and supports_binary_parameters():
        fields = _stored_fields(model)
        names = [str(field.column) for field in fields]
        bulk_copy.copy_rows(model._meta.db_table, names, [*map(_element_type, fields)], rows)
        return
    for start in range(0, len(rows), CHUNK):
        _insert_columns(model, list(zip(*rows[start : start + CHUNK], strict=True)), "")


def update_value_rows(model: type[models.Model], rows: Sequence[tuple[Any, ...]]) -> None:
    """Set stored rows to ``rows``, each the primary key and then the values of ``stored_field_names``."""
    for start in range(0, len(rows), CHUNK):
        _update(model, list(zip(*rows[start : start + CHUNK], strict=True)))


def _update(model: type[models.Model], columns: list[Any]) -> None:
    quote = connection.ops.quote_name
    fields = [model._meta.pk, *_stored_fields(model)]
    table, names = quote(model._meta.db_table), [quote(str(field.column)) for field in fields]
    if connection.vendor == "postgresql":
        settings = ", ".join(f"{name} = new.{name}" for name in names[1:])
        arrays, values = _arrays(fields, columns)
        source = f"unnest({arrays}) AS new ({', '.join(names)})"
        where = f"{table}.{names[0]} = new.{names[0]}"
        _execute(f"UPDATE {table} SET {settings} FROM {source} WHERE {where}", values)  # noqa: S608  Names of ours.
        return
    settings = ", ".join(f"{name} = %s" for name in names[1:])
    adapted = [_adapted(field, values) for field, values in zip(fields, columns, strict=True)]
    statement = f"UPDATE {table} SET {settings} WHERE {names[0]} = %s"  # noqa: S608  Names of ours.
    with connection.cursor() as cursor:
        for row in zip(*adapted[1:], adapted[0], strict=True):
            cursor.execute(statement, row)


def _returns_rows() -> bool:
    """Return whether the database can return the rows that a statement has stored."""
    return connection.vendor == "postgresql"


def _insert_new(
    model: type[models.Model], rows: Sequence[Any], and_if_any: Sequence[models.Model] = ()
) -> set[Any]:
    key = connection.ops.quote_name(str(model._meta.pk.column))
    statement, arrays = _from_arrays(model, rows)
    statement = f"{statement} {_unless_known(model)} RETURNING {key}"
    if and_if_any:
        extra_statement, extra_arrays = _from_arrays(type(and_if_any[0]), and_if_any)
        statement = (
            f"WITH fresh AS ({statement}), also AS ({extra_statement} WHERE EXISTS (SELECT FROM fresh))"  # noqa: S608  Names of ours.
            f" SELECT {key} FROM fresh"
        )
        arrays += extra_arrays
    return {found for (found,) in _execute(statement, arrays, fetches=True)}


def _insert_unknown(model: type[models.Model], rows: Sequence[Any]) -> set[Any]:
    name = model._meta.pk.attname
    keys = {getattr(row, name) for row in rows}
    known = set(model._default_manager.filter(pk__in=keys).values_list("pk", flat=True))
    insert_rows(model, [row for row in rows if getattr(row, name) not in known], unless_known=True)
    return keys - known


def _stored_fields(model: type[models.Model]) -> list[Field]:
    return [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]


def _insert(model: type[models.Model], rows: Sequence[object], ending: str) -> None:
    if connection.vendor == "postgresql":
        statement, arrays = _from_arrays(model, rows)
        _execute(f"{statement} {ending}", arrays)
        return
    _insert_columns(model, [*_columns(_stored_fields(model), rows)], ending)


def _insert_columns(model: type[models.Model], columns: list[Any], ending: str) -> None:
    fields = _stored_fields(model)
    if connection.vendor == "postgresql":
        arrays, values = _arrays(fields, columns)
        _execute(f"{_head(model)} SELECT * FROM unnest({arrays}) {ending}", values)  # noqa: S608  Names of ours.
        return
    placeholders = f"({', '.join(['%s'] * len(fields))})"
    adapted = [_adapted(field, values) for field, values in zip(fields, columns, strict=True)]
    rows = list(zip(*adapted, strict=True))
    # Not executemany(): tools that record queries, such as django-debug-toolbar on SQLite, fail with its lists of rows.
    at_once = max((connection.features.max_query_params or CHUNK * len(fields)) // len(fields), 1)
    with connection.cursor() as cursor:
        for start in range(0, len(rows), at_once):
            some = rows[start : start + at_once]
            all_placeholders = ", ".join([placeholders] * len(some))
            cursor.execute(f"{_head(model)} VALUES {all_placeholders} {ending}", [*chain.from_iterable(some)])


def _from_arrays(model: type[models.Model], rows: Sequence[object]) -> tuple[str, list[Any]]:
    """Return a statement that stores ``rows`` in PostgreSQL, the same for any number of rows, and its arrays."""
    fields = _stored_fields(model)
    arrays, values = _arrays(fields, [*_columns(fields, rows)])
    return f"{_head(model)} SELECT * FROM unnest({arrays})", values  # noqa: S608  Names of ours.


def _arrays(fields: Sequence[Field], columns: list[Any]) -> tuple[str, list[Any]]:
    """Return the placeholders of ``columns`` in a statement, each with its type, and their values."""
    is_binary = supports_binary_parameters()
    placeholder = "%b" if is_binary else "%s"
    placeholders = ", ".join(f"{placeholder}::{_element_type(field)}[]" for field in fields)
    return placeholders, [*map(_packed if is_binary else _adapted, fields, columns)]


def _head(model: type[models.Model]) -> str:
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in _stored_fields(model))
    return f"INSERT INTO {quote(model._meta.db_table)} ({names})"


def _columns(fields: Sequence[Field], rows: Sequence[object]) -> Iterator[list[Any]]:
    return ([*map(attrgetter(field.attname), rows)] for field in fields)


def _execute(statement: str, arrays: list[Any], *, fetches: bool = False) -> list[Any]:
    with binding_cursor() if supports_binary_parameters() else connection.cursor() as cursor:
        cursor.execute(statement, arrays)
        return cursor.fetchall() if fetches else []


def _packed(field: Field, values: Sequence[Any]) -> Any:
    type_name = _element_type(field)
    is_known = type_name in packed_arrays.TYPES
    return packed_arrays.pack_array(type_name, values) if is_known else _adapted(field, values)


def _adapted(field: Field, values: Sequence[Any]) -> list[Any]:
    return [*map(_adapt(field), values)]


def supports_binary_parameters() -> bool:
    """Return whether the driver can send parameters in binary, separate from the statement: psycopg 3."""
    return hasattr(connection.Database, "ClientCursor")  # type: ignore[attr-defined]  # the stubs leave it out


def binding_cursor(name: str = "") -> Any:
    """Return a cursor that sends parameters in binary, which takes a third of the time of Django's own.

    With a ``name``, results stay on the server until they are fetched.
    """
    connection.ensure_connection()
    bare = (
        connection.Database.ServerCursor(  # type: ignore[attr-defined]
            connection.connection, name, scrollable=False, withhold=connection.connection.autocommit
        )
        if name
        else connection.Database.Cursor(connection.connection)  # type: ignore[attr-defined]
    )
    bare.adapters.register_dumper(packed_arrays.PackedArray, _array_dumper())
    return connection._prepare_cursor(bare)  # type: ignore[attr-defined]  # noqa: SLF001  Queries stay countable.


@cache
def _array_dumper() -> type[Any]:
    """Return a dumper for packed arrays: in binary and without a type, which the statement gives."""
    string = import_module("psycopg.types.string")
    return type("PackedArrayDumper", (string.BytesBinaryDumper,), {"oid": 0})


def _unless_known(model: type[models.Model]) -> str:
    # The SQL of ignore_conflicts ignores more than a known key: SQLite's OR IGNORE omits a row that breaks any
    # constraint, and MariaDB's IGNORE truncates a long value. Both do so silently.
    key = connection.ops.quote_name(str(model._meta.pk.column))
    if connection.vendor == "mysql":
        return f"ON DUPLICATE KEY UPDATE {key} = {key}"
    return f"ON CONFLICT ({key}) DO NOTHING"


def _adapt(field: Field) -> Adapt:
    """Return a function that adapts a value of ``field`` for the database driver, as the ORM would."""
    if isinstance(field, models.JSONField):
        return lambda value: connection.ops.adapt_json_value(msgspec.to_builtins(value), None)
    if isinstance(field, models.UUIDField) and not connection.features.has_native_uuid_field:
        return lambda value: None if value is None else value.hex
    if isinstance(field, models.DateField):
        has_time = isinstance(field, models.DateTimeField)
        ops = connection.ops
        return _cached(ops.adapt_datetimefield_value if has_time else ops.adapt_datefield_value)
    if isinstance(field, models.ForeignKey):
        return _cached(lambda value: field.get_db_prep_save(value, connection))
    if isinstance(field, models.CharField):
        # A driver may treat a choice as the enum that it is, so convert it to text.
        return lambda value: None if value is None else str(value)
    return lambda value: value


def _cached(adapt: Adapt) -> Adapt:
    """Return ``adapt`` with a cache for values that repeat within a batch, such as timestamps and learners."""
    known: dict[Any, Any] = {}

    def cached(value: Any) -> Any:
        if value not in known:
            known[value] = adapt(value)
        return known[value]

    return cached


@cache
def _element_type(field: Field) -> str:
    # A cast to varchar(n) would silently truncate a long value; as text, it fails at the column.
    if isinstance(field, models.CharField):
        return "text"
    # An automatic key has a serial type; its values are plain integers.
    return str(
        field.rel_db_type(connection) if isinstance(field, models.AutoField) else field.db_type(connection)
    )
