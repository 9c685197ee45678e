"""Faults of our own: logged once a minute for each kind, however often a page meets them, and counted all the same."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from time import monotonic

from tracking import scrubbing

EVERY_SECONDS = 60.0
"""How long after a line in the log the same kind of fault is only counted."""

logger = logging.getLogger("tracking.capture")

_lock = threading.Lock()
_silent_until: dict[str, float] = {}
_silent_counts: Counter[str] = Counter()
_uncounted = 0


def report_failure(what: str, error: BaseException) -> None:
    """Log that ``what`` failed with ``error``, unless that kind was logged just now, and keep it to be counted."""
    restore_uncounted(1)
    log_failure(what, error)


def log_failure(what: str, error: BaseException) -> None:
    """Log that ``what`` failed with ``error``, unless that kind was logged just now; nothing is counted."""
    kind, now = f"{what}: {type(error).__name__}", monotonic()
    with _lock:
        if now < _silent_until.get(kind, 0.0):
            _silent_counts[kind] += 1
            return
        _silent_until[kind] = now + EVERY_SECONDS
        before = _silent_counts.pop(kind, 0)
    ending = f" It failed {before} more times since the last log line." if before else ""
    logger.error(
        "%s failed. The host is not affected.%s", what, ending, exc_info=scrubbing.safe_exc_info(error)
    )


def take_uncounted() -> int:
    """Return how many faults have not been counted in the database, for the caller to do so."""
    global _uncounted
    with _lock:
        taken, _uncounted = _uncounted, 0
    return taken


def restore_uncounted(count: int) -> None:
    """Keep ``count`` faults that could not be counted."""
    global _uncounted  # noqa: PLW0603
    with _lock:
        _uncounted += count


def reset_failures() -> None:
    """Begin anew: nothing was logged, nothing is left to be counted."""
    take_uncounted()
    with _lock:
        _silent_until.clear()
        _silent_counts.clear()
