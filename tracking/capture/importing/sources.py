"""Read a log line by line, from a file, a gzipped file or standard input, never as a whole."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from tracking.exceptions import ImportFailed

STDIN = "-"
HEAD_BYTES = 64 * 1024
MAX_LINE_LENGTH = 1024 * 1024
"""A longer line, in bytes, is truncated: it is not a row of a log, and must not fill the memory."""

GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSource:
    """An open log. ``size`` is in bytes on disk; ``None`` if it is not known beforehand."""

    name: str
    size: int | None
    head: bytes
    raw: BinaryIO
    text: BinaryIO

    @property
    def fingerprint(self) -> str:
        """Identify the content by its first bytes, unpacked, and its size."""
        return hashlib.sha256(self.head + b"\x00" + str(self.size).encode()).hexdigest()

    @property
    def read_bytes(self) -> int:
        """How far reading has come, in bytes on disk."""
        return self.raw.tell() if self.size is not None else 0

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield each line with its number, from 1.

        Raises ``ImportFailed`` if a gzip file ends too early or is corrupt.
        """
        number = 0
        try:
            while line := self.text.readline(MAX_LINE_LENGTH):
                number += 1
                yield number, line
                # Skip the rest of a line that is too long.
                while len(line) == MAX_LINE_LENGTH and not line.endswith(b"\n"):
                    line = self.text.readline(MAX_LINE_LENGTH)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise ImportFailed(
                f"{self.name} breaks off after line {number}: {error}. The rows read so far are "
                "stored. Fetch the file again and repeat the import; no row is stored twice."
            ) from error


@contextmanager
def open_source(name: str) -> Iterator[LogSource]:
    """Open the file ``name``, unpacked if it is gzipped, or standard input for ``-``.

    Raises ``ImportFailed`` if the file does not exist or cannot be read.
    """
    if name == STDIN:
        yield LogSource(
            name="standard input", size=None, head=b"", raw=sys.stdin.buffer, text=_unpacked(sys.stdin.buffer)
        )
        return
    with _opened(name) as raw:
        try:
            head = _unpacked(raw).read(HEAD_BYTES)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise ImportFailed(f"{name} is not a gzip file that can be unpacked: {error}.") from error
        raw.seek(0)
        size = os.fstat(raw.fileno()).st_size
        yield LogSource(name=name, size=size, head=head, raw=raw, text=_unpacked(raw))


def _opened(name: str) -> BinaryIO:
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise ImportFailed(f"{name} cannot be read: {error.strerror}.") from error


def _unpacked(raw: BinaryIO) -> BinaryIO:
    buffered = raw if isinstance(raw, io.BufferedReader) else io.BufferedReader(cast(io.RawIOBase, raw))
    if buffered.peek(2)[:2] != GZIP_MAGIC:
        return buffered
    return cast(BinaryIO, io.BufferedReader(gzip.GzipFile(fileobj=buffered)))
