"""A short memory for what a URL names, so that a page view does not ask the database twice."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from time import monotonic
from typing import TypeVar, cast

KEPT_SECONDS = 60.0
MAX_KEYS = 10_000

T = TypeVar("T")


class KeyCache:
    """Keeps what was found for a minute; what was not found is asked for again each time."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._found: dict[Hashable, tuple[float, object]] = {}

    def get(self, key: Hashable, find: Callable[[], T | None]) -> T | None:
        """Return what was found under ``key``, or what ``find`` finds now."""
        now = self._clock()
        until, value = self._found.get(key, (0.0, None))
        if now < until:
            return cast("T", value)
        found = find()
        if found is not None:
            if len(self._found) >= MAX_KEYS:
                self._found.clear()
            self._found[key] = (now + KEPT_SECONDS, found)
        return found

    def clear(self) -> None:
        """Forget everything."""
        self._found.clear()
