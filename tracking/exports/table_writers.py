"""Writing tables as CSV, JSON Lines or Parquet: streamed, in the memory of one chunk, and resumable.

Rows come by primary key, chunk after chunk, each with a query of its own, so that no transaction is held open while
somebody far away reads. The first column is that key: an export that broke off goes on behind the last one it has.
PostgreSQL writes the rows itself; for other databases Python does, the same but for the spaces within JSON.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC
from importlib.util import find_spec
from typing import Any
from uuid import UUID

import msgspec
from django.db import models

from tracking.exceptions import TrackingError
from tracking.exports import export_tables, postgres_copy
from tracking.exports.export_tables import ExportColumn, ExportQuery

CHUNK = 5000
ROW_GROUP = 50_000
"""Rows in a row group of Parquet: fewer would make it no smaller than CSV."""

FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula where a cell begins with it (OWASP, CSV injection)."""

Rows = Sequence[tuple[Any, ...]]

CONTENT_TYPES: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl",
    "parquet": "application/vnd.apache.parquet",
}


def write_table(wanted: ExportQuery, form: str) -> Iterator[bytes]:
    """Yield the rows as ``csv``, ``jsonl`` or ``parquet``.

    Raises ``TrackingError`` at once where a filter does not fit, or what Parquet needs is not installed.
    """
    columns = export_tables.export_columns(wanted.table)
    export_tables.export_rows(wanted)
    if form not in WRITERS:
        raise TrackingError(f"{form!r} is not a format. Choose from: {', '.join(WRITERS)}.")
    if form == "parquet" and find_spec("pyarrow") is None:
        raise TrackingError("Parquet needs pyarrow: pip install 'django-learning-tracking[parquet]'.")
    return WRITERS[form](wanted, columns)


def _chunks(wanted: ExportQuery, size: int) -> Iterator[Rows]:
    key = next(
        place
        for place, column in enumerate(export_tables.export_columns(wanted.table))
        if column.field.primary_key
    )
    while rows := list(export_tables.export_rows(wanted)[:size]):
        yield rows
        wanted = replace(wanted, after=str(rows[-1][key]))


def _csv(wanted: ExportQuery, columns: Sequence[ExportColumn]) -> Iterator[bytes]:
    if not postgres_copy.supports_copy():
        yield from _csv_by_hand(wanted, columns)
        return
    # Whoever goes on has the head already.
    if not wanted.after:
        yield f"{','.join(column.name for column in columns)}\n".encode()
    yield from postgres_copy.copy_csv_safe(wanted)


def _csv_by_hand(wanted: ExportQuery, columns: Sequence[ExportColumn]) -> Iterator[bytes]:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)  # With another end of line, a cell with half of this one would not be quoted.
    if not wanted.after:
        writer.writerow([column.name for column in columns])
    cells = [_cell_of(column.field) for column in columns]
    for rows in _chunks(wanted, CHUNK):
        writer.writerows([[cell(value) for cell, value in zip(cells, row, strict=True)] for row in rows])
        yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def _jsonl(wanted: ExportQuery, columns: Sequence[ExportColumn]) -> Iterator[bytes]:
    return (
        postgres_copy.copy_json_lines(wanted)
        if postgres_copy.supports_copy()
        else _jsonl_by_hand(wanted, columns)
    )


def _jsonl_by_hand(wanted: ExportQuery, columns: Sequence[ExportColumn]) -> Iterator[bytes]:
    names = [column.name for column in columns]
    encoder = msgspec.json.Encoder(enc_hook=str)
    for rows in _chunks(wanted, CHUNK):
        yield encoder.encode_lines([dict(zip(names, row, strict=True)) for row in rows])


def _parquet(wanted: ExportQuery, columns: Sequence[ExportColumn]) -> Iterator[bytes]:
    import pyarrow  # noqa: PLC0415  An extra, and 100 MB of memory that nobody else needs.
    import pyarrow.parquet  # noqa: PLC0415

    schema = pyarrow.schema([(column.name, _arrow_type(column.field)) for column in columns])
    read = _tables_of_copy if postgres_copy.supports_copy() else _tables_by_hand
    sink = _Sink(io.BytesIO())
    with pyarrow.parquet.ParquetWriter(sink, schema, compression="zstd") as writer:
        for table in read(wanted, columns, schema):
            writer.write_table(table, row_group_size=table.num_rows)
            yield sink.taken()
    yield sink.taken()


def _tables_of_copy(wanted: ExportQuery, columns: Sequence[ExportColumn], schema: Any) -> Iterator[Any]:
    from pyarrow import csv as arrow_csv  # noqa: PLC0415

    # Each thread would keep memory of its own.
    reading = arrow_csv.ReadOptions(column_names=schema.names, use_threads=False)
    parsing = arrow_csv.ParseOptions(newlines_in_values=True)
    # The server quotes what is empty and not what is null.
    converting = arrow_csv.ConvertOptions(
        column_types=schema,
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
        true_values=["true"],
        false_values=["false"],
    )
    for chunk in postgres_copy.copy_csv_raw(wanted):
        if chunk:
            yield arrow_csv.read_csv(io.BytesIO(chunk), reading, parsing, converting)


def _tables_by_hand(wanted: ExportQuery, columns: Sequence[ExportColumn], schema: Any) -> Iterator[Any]:
    import pyarrow  # noqa: PLC0415

    cells = [_arrow_cell(column.field) for column in columns]
    for rows in _chunks(wanted, ROW_GROUP):
        arrays = [
            pyarrow.array(list(map(cell, values)), type=kind)
            for cell, values, kind in zip(cells, zip(*rows, strict=True), schema.types, strict=True)
        ]
        yield pyarrow.Table.from_arrays(arrays, schema=schema)


class _Sink(io.RawIOBase):
    """A file that is given away as it is written; the writer of Parquet asks where it is and never goes back."""

    def __init__(self, buffer: io.BytesIO) -> None:
        super().__init__()
        self._buffer = buffer
        self._given = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return self._buffer.write(data)

    def tell(self) -> int:
        return self._given + self._buffer.tell()

    def close(self) -> None:
        """Stay open: what is written last has not been taken yet."""

    def taken(self) -> bytes:
        """Return what was written since."""
        data = self._buffer.getvalue()
        self._given += len(data)
        self._buffer.seek(0)
        self._buffer.truncate()
        return data


WRITERS: Mapping[str, Callable[..., Iterator[bytes]]] = {"csv": _csv, "jsonl": _jsonl, "parquet": _parquet}


def _cell_of(field: models.Field[Any, Any]) -> Callable[[Any], Any]:
    if isinstance(field, models.JSONField):
        return lambda value: "" if value is None else msgspec.json.encode(value).decode()
    if isinstance(field, models.DateTimeField):
        return lambda value: "" if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(field, models.BooleanField):
        return lambda value: "" if value is None else str(value).lower()
    if isinstance(field, models.CharField | models.TextField):
        return _safe
    return lambda value: value


def _safe(value: Any) -> str:
    """Return text that no spreadsheet takes for a formula: what would be one gets an apostrophe in front."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULAS) else text


def _arrow_type(field: models.Field[Any, Any]) -> Any:
    import pyarrow  # noqa: PLC0415

    target: Any = field.target_field if isinstance(field, models.ForeignKey) else field
    kinds: tuple[tuple[Any, Any], ...] = (
        (models.BooleanField, pyarrow.bool_()),
        (models.FloatField, pyarrow.float64()),
        (models.IntegerField, pyarrow.int64()),
        (models.DateTimeField, pyarrow.timestamp("us", tz="UTC")),
        (models.DateField, pyarrow.date32()),
    )
    return next((kind for of, kind in kinds if isinstance(target, of)), pyarrow.string())


def _arrow_cell(field: models.Field[Any, Any]) -> Callable[[Any], Any]:
    if isinstance(field, models.JSONField):
        return lambda value: None if value is None else msgspec.json.encode(value).decode()

    def plain(value: Any) -> Any:
        return str(value) if isinstance(value, UUID) else value

    return plain
