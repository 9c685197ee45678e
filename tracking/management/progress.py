"""Progress of a long command: a bar on a terminal, or a plain line every few seconds elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TextIO

BAR_WIDTH = 24
BAR_EVERY_SECONDS = 0.2
LINE_EVERY_SECONDS = 10.0


class ProgressLine:
    """Writes rows done, rate and remaining time to ``stream``. ``clock`` returns seconds."""

    def __init__(self, stream: TextIO, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._is_terminal = stream.isatty()
        self._every = BAR_EVERY_SECONDS if self._is_terminal else LINE_EVERY_SECONDS
        self._started_at = clock()
        self._written_at = self._started_at

    def show(self, done_count: int, share: float | None) -> None:
        """Show that ``done_count`` rows are done, ``share`` of all if known. Ignores calls in quick succession."""
        now = self._clock()
        if now - self._written_at < self._every:
            return
        self._written_at = now
        text = progress_text(done_count, share, seconds=now - self._started_at)
        self._stream.write(f"\r\x1b[K{_bar(share)}{text}" if self._is_terminal else f"{text}\n")
        self._stream.flush()

    def show_of(self, done_count: int, total_count: int) -> None:
        """Show that ``done_count`` of ``total_count`` rows are done."""
        self.show(done_count, min(done_count / total_count, 1) if total_count else None)

    def clear(self) -> None:
        """Remove the bar, so that further output starts on an empty line."""
        if self._is_terminal:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def progress_text(done_count: int, share: float | None, *, seconds: float) -> str:
    """Return the text for ``done_count`` rows in ``seconds``."""
    rate = done_count / seconds if seconds else 0
    text = f"{done_count:,} rows, {rate:,.0f} a second"
    if not share:
        return text
    seconds_left = seconds / share - seconds
    return f"{share:.0%}, {text}, {_duration(seconds_left)} left"


def _bar(share: float | None) -> str:
    if share is None:
        return ""
    full = round(min(share, 1) * BAR_WIDTH)
    return f"[{'#' * full}{'-' * (BAR_WIDTH - full)}] "


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
