"""Finds who is logged in, without a query if the host made none, such as for a page from a cache."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest

from tracking.events import LearnerId
from tracking.lms import people
from tracking.storage.host_cache import cache

CACHED_SECONDS = 600
"""How long to cache the user of a session. Logging in or out changes the key of the session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A user who is logged in. Reading ``user`` may cost a query."""

    learner_id: LearnerId
    user: Any


def find_visitor(request: HttpRequest) -> Visitor | None:
    """Return the user who is logged in, or ``None``."""
    # Hosts with token authentication only have no authentication middleware, and set the user late or never.
    user: Any = getattr(request, "user", None)
    if user is None:
        return None
    cache_key = _session_cache_key(request) if people.is_lazy_user(user) else ""
    if not cache_key:
        return Visitor(learner_id=user.pk, user=user) if user.is_authenticated else None
    learner_key: str | None = cache.get(cache_key)
    if learner_key is None:
        # An empty string is cached too, or every page view of an anonymous session would cost a query.
        learner_key = str(user.pk) if user.is_authenticated else ""
        cache.set(cache_key, learner_key, CACHED_SECONDS)
    return (
        Visitor(learner_id=get_user_model()._meta.pk.to_python(learner_key), user=user)
        if learner_key
        else None
    )


def _session_cache_key(request: HttpRequest) -> str:
    """Return the cache key of the session; empty if the request has a token, which may name another user."""
    key = getattr(getattr(request, "session", None), "session_key", None)
    if not key or "Authorization" in request.headers:
        return ""
    return f"tracking:session:{sha256(key.encode()).hexdigest()}"
