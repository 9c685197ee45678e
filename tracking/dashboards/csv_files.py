"""CSV downloads: UTF-8, RFC 4180, streamed line by line, and protected against formula injection."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.text import slugify

from tracking.exports.streaming import StreamingAnswer

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Spreadsheets run a cell that starts with one of these as a formula, full-width forms included.

Titles and names are written by people, so they are untrusted input.
"""


class _Line:
    """A file object for ``csv.writer`` that returns each line instead of storing it."""

    def write(self, text: str) -> str:
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvTable:
    """A table of a page as a file: its columns and its rows. Rows may be generated while they are sent."""

    columns: Sequence[str]
    rows: Iterable[Sequence[object]]


def csv_table(columns: Mapping[str, str], lines: Iterable[object]) -> CsvTable:
    """Return ``lines`` as a table. ``columns`` maps each heading to the attribute path of its value."""
    take = [attrgetter(path) for path in columns.values()]
    return CsvTable(columns=tuple(columns), rows=(tuple(each(line) for each in take) for line in lines))


def requested_table(
    request: HttpRequest, course_key: str, tables: Mapping[str, Callable[[], CsvTable]]
) -> StreamingHttpResponse | None:
    """Return the table that ``?table=`` names as a download, or ``None`` if it names none of ``tables``."""
    name = request.GET.get("table", "")
    if name not in tables:
        return None
    found = tables[name]()
    return stream_csv(f"{slugify(course_key) or 'course'}-{name}", found.columns, found.rows)


def stream_csv(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """Return ``rows`` under ``columns`` as a streamed download. ``name`` is the file name without its extension."""
    response = StreamingAnswer(_lines(columns, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def escape_formula(text: str) -> str:
    """Return ``text`` on one line, with a leading ``'`` if a spreadsheet would run it as a formula."""
    line = " ".join(text.split())
    return f"'{line}" if text.startswith(FORMULA) or line.startswith(FORMULA) else line


def _lines(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    write = csv.writer(_Line()).writerow
    # Without the byte order mark, Excel reads UTF-8 in the machine's own code page and garbles every accent.
    yield b"\xef\xbb\xbf"
    yield str(write(columns)).encode()
    for row in rows:
        yield str(write([_cell(value) for value in row])).encode()


def _cell(value: Any) -> object:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, float):
        return round(value, 4)
    if value is None or isinstance(value, int):
        return value
    return escape_formula(str(value))
