"""The host's cache, which may be away: reading from it then finds nothing, and writing to it does nothing.

What is cached here can be read again from the database, so a cache that is down costs queries and no page. Each kind of
cache raises errors of its own, so every error counts.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from time import monotonic
from typing import Any, TypeVar

from django.core.cache import cache as django_cache

PAUSE_SECONDS = 5.0
"""After an error, how long the cache is left alone: each try may take until a timeout."""

logger = logging.getLogger("tracking.cache")

T = TypeVar("T")


class HostCache:
    """The methods of ``django.core.cache.cache`` that this app uses. None raises because the cache is away."""

    def __init__(self) -> None:
        self._away_until = 0.0

    def is_away(self) -> bool:
        """Return whether the cache failed in the last ``PAUSE_SECONDS``."""
        return monotonic() < self._away_until

    def forget_failures(self) -> None:
        """Use the cache again at once."""
        self._away_until = 0.0

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of ``key``, else ``default``."""
        return self._try(lambda: django_cache.get(key, default), default)

    def get_many(self, keys: Iterable[str]) -> dict[str, Any]:
        """Return those of ``keys`` that are cached, with their values."""
        return self._try(lambda: django_cache.get_many(list(keys)), {})

    def set(self, key: str, value: Any, seconds: float | None) -> None:
        """Cache ``value`` for ``seconds``."""
        self._try(lambda: django_cache.set(key, value, seconds), None)

    def set_many(self, values: Mapping[str, Any], seconds: float | None) -> None:
        """Cache ``values`` for ``seconds``."""
        self._try(lambda: django_cache.set_many(dict(values), seconds), [])

    def add(self, key: str, value: Any, seconds: float | None) -> bool:
        """Cache ``value`` unless there is one; return whether it was cached."""
        return self._try(lambda: django_cache.add(key, value, seconds), default=False)

    def incr(self, key: str, delta: int = 1) -> int:
        """Add ``delta`` to a number. Raises ``ValueError`` if there is none."""
        try:
            return self._try(lambda: django_cache.incr(key, delta), delta, passed_on=ValueError)
        except ValueError:
            raise ValueError(f"Key {key!r} not found.") from None

    def touch(self, key: str, seconds: float | None) -> None:
        """Keep ``key`` for ``seconds`` from now."""
        self._try(lambda: django_cache.touch(key, seconds), default=False)

    def delete(self, key: str) -> None:
        """Remove ``key``."""
        self._try(lambda: django_cache.delete(key), default=False)

    def delete_many(self, keys: Iterable[str]) -> None:
        """Remove ``keys``."""
        self._try(lambda: django_cache.delete_many(list(keys)), None)

    def _try(self, use: Callable[[], T], default: T, *, passed_on: type[Exception] | tuple[()] = ()) -> T:
        if self.is_away():
            return default
        try:
            return use()
        except passed_on:
            raise
        except Exception as error:  # noqa: BLE001  Each cache has its own errors.
            self._away_until = monotonic() + PAUSE_SECONDS
            # The message of an error may quote what was to be cached.
            logger.warning(
                "The cache failed (%s) and is left alone for %d seconds.", type(error).__name__, PAUSE_SECONDS
            )
            return default


cache = HostCache()
