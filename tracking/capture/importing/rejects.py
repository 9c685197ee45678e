"""The rejects file: every refused row as it was written, with its line and the reason, so that it can be mended."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TextIO, cast

from tracking.capture.importing.rows import Refused
from tracking.exceptions import ImportFailed

HEADER = ("line", "reason", "detail", "row")


class Keep(Protocol):
    """Takes the refused rows of one batch, before what was accepted of it is committed."""

    def __call__(self, refused: Sequence[Refused], /) -> None:
        """Keep ``refused``."""


@contextmanager
def kept_in(path: str, *, is_resumed: bool) -> Iterator[Keep]:
    """Keep refused rows in the CSV file ``path``; a resumed import adds to what is there.

    Raises ``ImportFailed`` where the file cannot be written.
    """
    with _opened(path, mode="a" if is_resumed else "w") as file:
        writer = csv.writer(file)
        if not file.tell():
            writer.writerow(HEADER)

        def keep(refused: Sequence[Refused], /) -> None:
            writer.writerows(line for row in refused for line in _lines(row))
            file.flush()

        yield keep


def _lines(row: Refused) -> Iterator[tuple[int, str, str, str]]:
    yield row.line, row.code, row.detail, row.text
    for line in row.other_lines:
        yield line, row.code, f"It is of the same session as line {row.line}.", ""


def _opened(path: str, *, mode: str) -> TextIO:
    try:
        return cast(TextIO, Path(path).open(mode, encoding="utf-8", errors="replace", newline=""))
    except OSError as error:
        raise ImportFailed(f"The rejects file {path} cannot be written: {error.strerror}.") from error
