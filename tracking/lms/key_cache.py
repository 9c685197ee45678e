"""A short-lived cache of the keys behind a URL, so that page views do not repeat queries."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from time import monotonic
from typing import TypeVar, cast

KEPT_SECONDS = 60.0
MAX_KEYS = 10_000

T = TypeVar("T")


class KeyCache:
    """Caches values for a minute. A missing value is not cached, so a row that appears is found at once."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._cached: dict[Hashable, tuple[float, object]] = {}

    def get(self, key: Hashable, find: Callable[[], T | None]) -> T | None:
        """Return the cached value of ``key``, else call ``find`` and cache its value."""
        now = self._clock()
        until, value = self._cached.get(key, (0.0, None))
        if now < until:
            return cast("T", value)
        found = find()
        # Never cache a miss: a lesson that an author has just added must be found by the next page view.
        if found is not None:
            # Clearing everything costs some repeated queries, but bounds memory without bookkeeping for each read.
            if len(self._cached) >= MAX_KEYS:
                self._cached.clear()
            self._cached[key] = (now + KEPT_SECONDS, found)
        return found

    def clear(self) -> None:
        """Remove all cached values."""
        self._cached.clear()
