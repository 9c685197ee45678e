"""How a long command says how far it is: a bar on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TextIO

BAR_WIDTH = 24
BAR_EVERY_SECONDS = 0.2
LINE_EVERY_SECONDS = 10.0


class ProgressLine:
    """Writes to ``stream`` how many rows are done, how fast, and how long it will take; ``clock`` gives seconds."""

    def __init__(self, stream: TextIO, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._is_terminal = stream.isatty()
        self._every = BAR_EVERY_SECONDS if self._is_terminal else LINE_EVERY_SECONDS
        self._began_at = clock()
        self._written_at = self._began_at

    def show(self, done_count: int, share: float | None) -> None:
        """Say that ``done_count`` rows are done, ``share`` of all where that is known. Calls too soon say nothing."""
        now = self._clock()
        if now - self._written_at < self._every:
            return
        self._written_at = now
        text = progress_text(done_count, share, seconds=now - self._began_at)
        self._stream.write(f"\r\x1b[K{_bar(share)}{text}" if self._is_terminal else f"{text}\n")
        self._stream.flush()

    def show_of(self, done_count: int, total_count: int) -> None:
        """Say that ``done_count`` of ``total_count`` rows are done."""
        self.show(done_count, min(done_count / total_count, 1) if total_count else None)

    def clear(self) -> None:
        """Take the bar away, so that what follows begins on a clean line."""
        if self._is_terminal:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def progress_text(done_count: int, share: float | None, *, seconds: float) -> str:
    """Return the words for ``done_count`` rows in ``seconds``."""
    rate = done_count / seconds if seconds else 0
    words = f"{done_count:,} rows, {rate:,.0f} a second"
    if not share:
        return words
    left = seconds / share - seconds
    return f"{share:.0%}, {words}, {_duration(left)} left"


def _bar(share: float | None) -> str:
    if share is None:
        return ""
    full = round(min(share, 1) * BAR_WIDTH)
    return f"[{'#' * full}{'-' * (BAR_WIDTH - full)}] "


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
