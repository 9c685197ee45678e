"""Time statement as a CSV file: one line for each page view, and the code that certifies them as the last line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from tracking.dashboards.csv_files import escape_formula
from tracking.reports.learner.time_statement import TimeStatement

COLUMNS = (
    "opened_at", "last_at", "course_key", "course", "unit_key", "unit",
    "active_seconds", "open_seconds", "media_seconds", "estimated_seconds", "is_measured",
    "idle_limit_seconds", "reported_later_seconds", "is_witnessed",
)  # fmt: skip
CODE = "code"


def statement_csv(statement: TimeStatement) -> bytes:
    """Return the table: UTF-8, RFC 4180, times as ISO 8601 with their offset."""
    rows = (
        (
            view.opened_at.isoformat(timespec="seconds"),
            view.last_at.isoformat(timespec="seconds"),
            escape_formula(view.course_key),
            escape_formula(view.course_title),
            escape_formula(view.unit_key),
            escape_formula(view.unit_title),
            view.times.active,
            view.times.open,
            view.times.media,
            view.times.estimated,
            "yes" if view.is_measured else "no",
            view.idle_seconds if view.is_measured else "",
            view.times.reported_later,
            "yes" if view.is_witnessed else "no",
        )
        for view in statement.views
    )
    return _write([COLUMNS, *rows])


def append_code(table: bytes, code: str) -> bytes:
    """Return ``table`` with a last line that holds ``code``."""
    return table + _write([(CODE, code)])


def split_code(file: bytes) -> tuple[bytes, str]:
    """Return the table in ``file`` and the code on its last line, which is empty if there is none."""
    # Editors may change line endings or add a byte order mark: without these replacements, the code would not match.
    lines = file.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").rstrip(b"\n").split(b"\n")
    name, _, code = lines[-1].decode("utf-8", "replace").partition(",")
    if name != CODE:
        return file, ""
    return b"".join(line + b"\r\n" for line in lines[:-1]), code.strip('"')


def _write(rows: Iterable[Iterable[object]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
