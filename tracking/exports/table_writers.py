"""Write tables as CSV, JSON Lines or Parquet: streamed, resumable, with one chunk in memory.

Rows are read in order of primary key, one query per chunk, so that no transaction stays open while a slow client reads.
The first column is that key: an interrupted export resumes after the last key that it has. PostgreSQL formats the rows
itself; for other databases Python does. The output differs only in spaces within JSON.
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
"""Rows in a row group of Parquet: with fewer, the file would be no smaller than CSV."""

FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""First characters that a spreadsheet may read as the start of a formula (OWASP, CSV injection)."""

Rows = Sequence[tuple[Any, ...]]

CONTENT_TYPES: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl",
    "parquet": "application/vnd.apache.parquet",
}


def write_table(query: ExportQuery, form: str) -> Iterator[bytes]:
    """Yield the rows as ``csv``, ``jsonl`` or ``parquet``.

    Raises ``TrackingError`` before the first row if a filter does not fit the table or pyarrow is not installed.
    """
    columns = export_tables.export_columns(query.table)
    export_tables.export_rows(query)
    if form not in WRITERS:
        raise TrackingError(f"{form!r} is not a format. Choose from: {', '.join(WRITERS)}.")
    if form == "parquet" and find_spec("pyarrow") is None:
        raise TrackingError("Parquet needs pyarrow: pip install 'django-learning-tracking[parquet]'.")
    return WRITERS[form](query, columns)


def _chunks(query: ExportQuery, size: int) -> Iterator[Rows]:
    key = next(
        place
        for place, column in enumerate(export_tables.export_columns(query.table))
        if column.field.primary_key
    )
    while rows := list(export_tables.export_rows(query)[:size]):
        yield rows
        query = replace(query, after=str(rows[-1][key]))


def _csv(query: ExportQuery, columns: Sequence[ExportColumn]) -> Iterator[bytes]:
    if not postgres_copy.supports_copy():
        yield from _csv_in_python(query, columns)
        return
    # A resumed export is appended to a file that already has the header.
    if not query.after:
        yield f"{','.join(column.name for column in columns)}\n".encode()
    yield from postgres_copy.copy_csv_safe(query)


def _csv_in_python(query: ExportQuery, columns: Sequence[ExportColumn]) -> Iterator[bytes]:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)  # Keep \r\n: with \n, a cell that contains \r would not be quoted.
    if not query.after:
        writer.writerow([column.name for column in columns])
    cells = [_cell_of(column.field) for column in columns]
    for rows in _chunks(query, CHUNK):
        writer.writerows([[cell(value) for cell, value in zip(cells, row, strict=True)] for row in rows])
        yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def _jsonl(query: ExportQuery, columns: Sequence[ExportColumn]) -> Iterator[bytes]:
    return (
        postgres_copy.copy_json_lines(query)
        if postgres_copy.supports_copy()
        else _jsonl_in_python(query, columns)
    )


def _jsonl_in_python(query: ExportQuery, columns: Sequence[ExportColumn]) -> Iterator[bytes]:
    names = [column.name for column in columns]
    encoder = msgspec.json.Encoder(enc_hook=str)
    for rows in _chunks(query, CHUNK):
        yield encoder.encode_lines([dict(zip(names, row, strict=True)) for row in rows])


def _parquet(query: ExportQuery, columns: Sequence[ExportColumn]) -> Iterator[bytes]:
    import pyarrow  # noqa: PLC0415  An optional extra that takes 100 MB of memory, so import it only here.
    import pyarrow.parquet  # noqa: PLC0415

    schema = pyarrow.schema([(column.name, _arrow_type(column.field)) for column in columns])
    read = _tables_from_copy if postgres_copy.supports_copy() else _tables_in_python
    sink = _Sink(io.BytesIO())
    with pyarrow.parquet.ParquetWriter(sink, schema, compression="zstd") as writer:
        for table in read(query, columns, schema):
            writer.write_table(table, row_group_size=table.num_rows)
            yield sink.taken()
    yield sink.taken()


def _tables_from_copy(query: ExportQuery, columns: Sequence[ExportColumn], schema: Any) -> Iterator[Any]:
    from pyarrow import csv as arrow_csv  # noqa: PLC0415

    # Every thread would keep its own memory.
    reading = arrow_csv.ReadOptions(column_names=schema.names, use_threads=False)
    parsing = arrow_csv.ParseOptions(newlines_in_values=True)
    # PostgreSQL quotes empty strings but not nulls: without these options both would be read as null.
    converting = arrow_csv.ConvertOptions(
        column_types=schema,
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
        true_values=["true"],
        false_values=["false"],
    )
    for chunk in postgres_copy.copy_csv_raw(query):
        if chunk:
            yield arrow_csv.read_csv(io.BytesIO(chunk), reading, parsing, converting)


def _tables_in_python(query: ExportQuery, columns: Sequence[ExportColumn], schema: Any) -> Iterator[Any]:
    import pyarrow  # noqa: PLC0415

    cells = [_arrow_cell(column.field) for column in columns]
    for rows in _chunks(query, ROW_GROUP):
        arrays = [
            pyarrow.array(list(map(cell, values)), type=kind)
            for cell, values, kind in zip(cells, zip(*rows, strict=True), schema.types, strict=True)
        ]
        yield pyarrow.Table.from_arrays(arrays, schema=schema)


class _Sink(io.RawIOBase):
    """A file whose content is handed out while it is written. The Parquet writer asks its position but never seeks."""

    def __init__(self, buffer: io.BytesIO) -> None:
        super().__init__()
        self._buffer = buffer
        self._taken_count = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return self._buffer.write(data)

    def tell(self) -> int:
        return self._taken_count + self._buffer.tell()

    def close(self) -> None:
        """Stay open: the last bytes are taken after the Parquet writer has closed the file."""

    def taken(self) -> bytes:
        """Return what was written since the last call."""
        data = self._buffer.getvalue()
        self._taken_count += len(data)
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
        return _escape_formula
    return lambda value: value


def _escape_formula(value: Any) -> str:
    """Return text that no spreadsheet reads as a formula: an apostrophe precedes text that would be one."""
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
