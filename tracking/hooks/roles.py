"""Who instructs what, remembered for a while: pages ask on every request, and the host may need queries to say."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from django.core.cache import cache

from tracking import lms

YES_SECONDS = 600
"""How long it is remembered that somebody is an instructor."""

NO_SECONDS = 60
"""How long that somebody is not: who begins to teach wants to see it."""


def is_course_instructor(user: Any, course_key: str) -> bool:
    """Return whether ``user`` is an instructor of the course."""
    name = sha256(f"{user.pk}:{course_key}".encode()).hexdigest()
    return _remembered(
        f"tracking:instructs:{name}", lambda: lms.get_adapter().is_instructor(user, course_key)
    )


def is_any_course_instructor(user: Any) -> bool:
    """Return whether ``user`` is an instructor of any course."""
    return _remembered(
        f"tracking:instructs-any:{user.pk}", lambda: any(lms.get_adapter().instructed_course_keys(user))
    )


def _remembered(key: str, find: Callable[[], bool]) -> bool:
    known: bool | None = cache.get(key)
    if known is None:
        known = find()
        cache.set(key, known, YES_SECONDS if known else NO_SECONDS)
    return known
