"""Tables as CSV files: UTF-8, RFC 4180, sent line by line, and harmless to the spreadsheet that opens them."""

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
"""What makes a spreadsheet run a cell, full-width forms among them; titles and names are written by people."""


class _Line:
    """A file that hands back what is written to it, so that nothing is kept."""

    def write(self, text: str) -> str:
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvTable:
    """A table of a page as a file: its columns, and its rows, which are made when they are sent."""

    columns: Sequence[str]
    rows: Iterable[Sequence[object]]


def csv_table(columns: Mapping[str, str], lines: Iterable[object]) -> CsvTable:
    """Return ``lines`` as a table. ``columns`` name, by their heading, the attribute that each takes of a line."""
    take = [attrgetter(path) for path in columns.values()]
    return CsvTable(columns=tuple(columns), rows=(tuple(each(line) for each in take) for line in lines))


def requested_table(
    request: HttpRequest, course_key: str, tables: Mapping[str, Callable[[], CsvTable]]
) -> StreamingHttpResponse | None:
    """Return the one of ``tables`` that ``?table=`` names as a download; ``None`` where it names none of them."""
    name = request.GET.get("table", "")
    if name not in tables:
        return None
    found = tables[name]()
    return stream_csv(f"{slugify(course_key) or 'course'}-{name}", found.columns, found.rows)


def stream_csv(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """Return a download of ``rows`` under ``columns``. ``name`` is that of the file, without its ending."""
    answer = StreamingAnswer(_lines(columns, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def escape_formula(text: str) -> str:
    """Return ``text`` on one line, marked as text where a spreadsheet would take it for a formula."""
    words = " ".join(text.split())
    return f"'{words}" if text.startswith(FORMULA) or words.startswith(FORMULA) else words


def _lines(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    write = csv.writer(_Line()).writerow
    # Without the mark at the front, Excel reads UTF-8 as the code page of the machine.
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
