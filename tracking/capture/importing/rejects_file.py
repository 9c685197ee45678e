"""The rejects file: every rejected row as written, with its line and the reason, so that it can be fixed."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TextIO, cast

from tracking.capture.importing.rows import RejectedRow
from tracking.exceptions import ImportFailed

HEADER = ("line", "reason", "detail", "row")


class RejectsWriter(Protocol):
    """Writes the rejected rows of one batch, before the accepted rows of it are committed."""

    def __call__(self, rejected: Sequence[RejectedRow], /) -> None:
        """Write ``rejected``."""


@contextmanager
def write_rejects(path: str, *, is_resumed: bool) -> Iterator[RejectsWriter]:
    """Write rejected rows to the CSV file ``path``; a resumed import appends to it.

    Raises ``ImportFailed`` if the file cannot be written.
    """
    with _opened(path, mode="a" if is_resumed else "w") as file:
        writer = csv.writer(file)
        if not file.tell():
            writer.writerow(HEADER)

        def write(rejected: Sequence[RejectedRow], /) -> None:
            writer.writerows(line for row in rejected for line in _lines(row))
            file.flush()

        yield write


def _lines(row: RejectedRow) -> Iterator[tuple[int, str, str, str]]:
    yield row.line, row.code, row.detail, row.text
    for line in row.other_lines:
        yield line, row.code, f"The row belongs to the same session as line {row.line}.", ""


def _opened(path: str, *, mode: str) -> TextIO:
    try:
        return cast(TextIO, Path(path).open(mode, encoding="utf-8", errors="replace", newline=""))
    except OSError as error:
        raise ImportFailed(f"The rejects file {path} cannot be written: {error.strerror}.") from error
