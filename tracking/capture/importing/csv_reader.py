"""Read the records of a CSV file, and confine damage in it to its own line."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from tracking.capture.importing import row_mapping
from tracking.capture.importing.column_maps import ColumnMap
from tracking.capture.importing.rows import Item, LogRow, RejectedRow
from tracking.capture.importing.sources import LogSource
from tracking.exceptions import ImportFailed

MAX_RECORD_LINES = 50
"""Maximum lines of one record. Without it, a stray quote would swallow the rest of the file."""

_Numbered = tuple[int, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    columns: tuple[str, ...]
    delimiter: str
    encoding: str


def read_csv(source: LogSource, given: ColumnMap) -> Iterator[Item]:
    """Yield an item for each record of ``source``. Raises ``ImportFailed`` if the header cannot be used."""
    lines = source.lines()
    shape, header = _header(lines, given)
    # Read the first row ahead: ids of rows that the log does not name depend on it.
    first = next(lines, None)
    row_map = row_mapping.compile_map(
        given, columns=shape.columns, first_lines=header + (first[1] if first else b"")
    )
    waiting = deque([first] if first else [])
    while numbered := _next(waiting, lines):
        if not numbered[1].strip():
            continue
        record = _record(numbered, waiting, lines, shape)
        yield record if isinstance(record, RejectedRow) else row_map.item(record)


def _header(lines: Iterator[_Numbered], given: ColumnMap) -> tuple[_Shape, bytes]:
    document = given.document
    _, line = next(lines, (0, b""))
    try:
        text = line.decode("utf-8-sig" if document.encoding == "utf-8" else document.encoding)
        cells = next(csv.reader([text], delimiter=document.delimiter), [])
    except (UnicodeDecodeError, LookupError, csv.Error) as error:
        raise ImportFailed(f"The first line cannot be read as column names: {error}.") from error
    columns = tuple(cell.strip() for cell in cells)
    if not columns or len(set(columns)) < len(columns):
        raise ImportFailed(f"The first line must name the columns, each once. It is {text[:200]!r}.")
    return _Shape(columns=columns, delimiter=document.delimiter, encoding=document.encoding), line


def _next(waiting: deque[_Numbered], lines: Iterator[_Numbered]) -> _Numbered | None:
    return waiting.popleft() if waiting else next(lines, None)


def _record(
    numbered: _Numbered, waiting: deque[_Numbered], lines: Iterator[_Numbered], shape: _Shape
) -> LogRow | RejectedRow:
    """Return the record that begins on a line.

    Further lines that do not complete it are records of their own.
    """
    line, raw = numbered
    more_lines: list[_Numbered] = []
    # An odd number of quotes means that a quoted cell continues on the next line.
    whole = raw
    while (
        whole.count(b'"') % 2 and len(more_lines) < MAX_RECORD_LINES and (next_line := _next(waiting, lines))
    ):
        more_lines.append(next_line)
        whole += next_line[1]
    record = _parse(line, whole, shape)
    if more_lines and isinstance(record, RejectedRow):
        # Return the lines to the queue: without its closing quote the record is broken, but the lines after it may be
        # whole.
        waiting.extendleft(reversed(more_lines))
        return _rejected(line, raw, shape, "A quote is not closed.")
    return record


def _parse(line: int, raw: bytes, shape: _Shape) -> LogRow | RejectedRow:
    try:
        text = raw.decode(shape.encoding).rstrip("\r\n")
    except UnicodeDecodeError:
        return _rejected(line, raw, shape, f"The row is not {shape.encoding}.")
    if "\x00" in text:
        return _rejected(line, raw, shape, "The row contains a NUL character.")
    try:
        cells = next(csv.reader(_lines(text), delimiter=shape.delimiter, strict=True))
    except csv.Error as error:
        return _rejected(line, raw, shape, f"{error}.".capitalize())
    if len(cells) != len(shape.columns):
        return _rejected(
            line, raw, shape, f"The row has {len(cells)} cells; the header has {len(shape.columns)}."
        )
    return LogRow(line=line, text=text, cells=dict(zip(shape.columns, cells, strict=True)))


def _lines(text: str) -> list[str]:
    # str.splitlines would also break at characters that may be part of a cell, such as U+2028.
    return [f"{part}\n" for part in text.split("\n")] if "\n" in text else [text]


def _rejected(line: int, raw: bytes, shape: _Shape, detail: str) -> RejectedRow:
    text = raw.decode(shape.encoding, "replace").rstrip("\r\n")
    return RejectedRow(line=line, text=text, code="bad_row", detail=detail)
