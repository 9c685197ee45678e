"""Caches who instructs which course: pages ask on every request, and the host may need queries to answer."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from time import time
from typing import Any

from tracking import lms
from tracking.hooks.visitors import Visitor
from tracking.storage.host_cache import cache

KEPT_SECONDS = 600
"""How long to cache whether a user is an instructor."""

NO_SECONDS = 60
"""How old a *no* may be. Short, so that new instructors soon see their pages."""


def is_course_instructor(visitor: Visitor, course_key: str, *, within: float = NO_SECONDS) -> bool:
    """Return whether the visitor is an instructor of the course. A *no* may be ``within`` seconds old.

    The user is read only if the answer is not cached.
    """
    # Hashed, because a course key can contain characters that a cache key must not.
    name = sha256(f"{visitor.learner_id}:{course_key}".encode()).hexdigest()
    return _cached(
        f"tracking:instructs:{name}",
        lambda: lms.get_adapter().is_instructor(visitor.user, course_key),
        within,
    )


def is_any_course_instructor(user: Any) -> bool:
    """Return whether ``user`` is an instructor of any course."""
    return _cached(
        f"tracking:instructs-any:{user.pk}",
        lambda: any(lms.get_adapter().instructed_course_keys(user)),
        NO_SECONDS,
    )


def _cached(key: str, find: Callable[[], bool], within: float) -> bool:
    found_at, is_instructor = cache.get(key) or (0.0, False)
    if not is_instructor and time() - found_at > within:
        is_instructor = find()
        cache.set(key, (time(), is_instructor), KEPT_SECONDS)
    return bool(is_instructor)
