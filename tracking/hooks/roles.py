"""Caches who instructs which course: pages ask on every request, and the host may need queries to answer."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from tracking import lms
from tracking.storage.host_cache import cache

YES_SECONDS = 600
"""How long to cache that a user is an instructor."""

NO_SECONDS = 60
"""How long to cache that a user is not an instructor. Short, so that new instructors soon see their pages."""


def is_course_instructor(user: Any, course_key: str) -> bool:
    """Return whether ``user`` is an instructor of the course."""
    # Hashed, because a course key can contain characters that a cache key must not.
    name = sha256(f"{user.pk}:{course_key}".encode()).hexdigest()
    return _cached(f"tracking:instructs:{name}", lambda: lms.get_adapter().is_instructor(user, course_key))


def is_any_course_instructor(user: Any) -> bool:
    """Return whether ``user`` is an instructor of any course."""
    return _cached(
        f"tracking:instructs-any:{user.pk}", lambda: any(lms.get_adapter().instructed_course_keys(user))
    )


def _cached(key: str, find: Callable[[], bool]) -> bool:
    is_instructor: bool | None = cache.get(key)
    if is_instructor is None:
        is_instructor = find()
        cache.set(key, is_instructor, YES_SECONDS if is_instructor else NO_SECONDS)
    return is_instructor
