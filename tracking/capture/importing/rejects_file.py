"""The rejects file: every refused row as it was written, with its line and the reason, so that it can be mended."""

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
    """Takes the refused rows of one batch, before what was accepted of it is committed."""

    def __call__(self, refused: Sequence[RejectedRow], /) -> None:
        """Keep ``refused``."""


@contextmanager
def write_rejects(path: str, *, is_resumed: bool) -> Iterator[RejectsWriter]:
    """Keep refused rows in the CSV file ``path``; a resumed import adds to what is there.

    Raises ``ImportFailed`` where the file cannot be written.
    """
    with _opened(path, mode="a" if is_resumed else "w") as file:
        writer = csv.writer(file)
        if not file.tell():
            writer.writerow(HEADER)

        def keep(refused: Sequence[RejectedRow], /) -> None:
            writer.writerows(line for row in refused for line in _lines(row))
            file.flush()

        yield keep


def _lines(row: RejectedRow) -> Iterator[tuple[int, str, str, str]]:
    yield row.line, row.code, row.detail, row.text
    for line in row.other_lines:
        yield line, row.code, f"The row belongs to the same session as line {row.line}.", ""


def _opened(path: str, *, mode: str) -> TextIO:
    try:
        return cast(TextIO, Path(path).open(mode, encoding="utf-8", errors="replace", newline=""))
    except OSError as error:
        raise ImportFailed(f"The rejects file {path} cannot be written: {error.strerror}.") from error
