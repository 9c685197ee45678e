"""Our own faults: each kind is logged at most once a minute, and every one is counted."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from time import monotonic

from tracking import scrubbing

EVERY_SECONDS = 60.0
"""After a log line, faults of the same kind are only counted for this long."""

logger = logging.getLogger("tracking.capture")

_lock = threading.Lock()
_suppressed_until: dict[str, float] = {}
_suppressed_counts: Counter[str] = Counter()
_uncounted = 0


def report_failure(what: str, error: BaseException) -> None:
    """Log that ``what`` failed with ``error``, unless this kind was logged in the last minute, and count it."""
    restore_uncounted(1)
    log_failure(what, error)


def log_failure(what: str, error: BaseException) -> None:
    """Log that ``what`` failed with ``error``, unless this kind was logged in the last minute. Does not count it."""
    kind, now = f"{what}: {type(error).__name__}", monotonic()
    with _lock:
        if now < _suppressed_until.get(kind, 0.0):
            _suppressed_counts[kind] += 1
            return
        _suppressed_until[kind] = now + EVERY_SECONDS
        suppressed_count = _suppressed_counts.pop(kind, 0)
    ending = f" It failed {suppressed_count} more times since the last log line." if suppressed_count else ""
    # Never exc_info=True: the message of an error may quote personal data.
    logger.error(
        "%s failed. The host is not affected.%s", what, ending, exc_info=scrubbing.safe_exc_info(error)
    )


def take_uncounted() -> int:
    """Return and reset the number of faults that are not in the database yet. The caller must store it."""
    global _uncounted
    with _lock:
        taken, _uncounted = _uncounted, 0
    return taken


def restore_uncounted(count: int) -> None:
    """Add ``count`` faults back, because they could not be stored."""
    global _uncounted  # noqa: PLW0603
    with _lock:
        _uncounted += count


def reset_failures() -> None:
    """Forget all faults: those logged, and those not counted yet."""
    take_uncounted()
    with _lock:
        _suppressed_until.clear()
        _suppressed_counts.clear()
