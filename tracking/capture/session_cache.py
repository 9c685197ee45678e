"""Cache for a minute whose session a batch comes with: querying it costs more than storing the events.

The cache says who sends, never what they may do: consent and rate limit are checked for each batch, and nothing can be
read with it. ``docs/decisions/0001-session-cache.md`` says what can go wrong.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.functional import SimpleLazyObject, empty

from tracking import conf
from tracking.events import LearnerId
from tracking.storage.host_cache import cache


def find_session_learner(request: HttpRequest) -> LearnerId | None:
    """Return the primary key of the learner who is logged in, or ``None``; at most ``SESSION_CACHE_SECONDS`` old."""
    user: Any = getattr(request, "user", None)  # No middleware sets it if only an API authenticates users.
    seconds = conf.get_settings().SESSION_CACHE_SECONDS
    key = _cache_key(request) if seconds and _is_unread(user) else ""
    learner_id = cache.get(key) if key else None
    if learner_id is None and user is not None and user.is_authenticated:
        learner_id = user.pk
        if key:
            cache.set(key, learner_id, seconds)
    return learner_id


def session_owner_hash(learner_id: LearnerId) -> str:
    """Return a hash that distinguishes learners at one computer without revealing who they are."""
    return salted_hmac("tracking.hooks.snippet", str(learner_id), algorithm="sha256").hexdigest()[:16]


def is_page_of_other_learner(request: HttpRequest, learner_id: LearnerId) -> bool:
    """Return whether the page was served to another learner, who used this browser before."""
    owner = request.GET.get("owner", "")
    return bool(owner) and not constant_time_compare(owner, session_owner_hash(learner_id))


def forget_session(request: HttpRequest) -> None:
    """Remove the session of ``request`` from the cache, because it has ended: the next batch queries the database."""
    key = _cache_key(request)
    if key:
        cache.delete(key)


def _is_unread(user: Any) -> bool:
    # A middleware that has read the user may have replaced it, for example for impersonation. Then the session no
    # longer says who it is, and the query has been paid for anyway.
    return isinstance(user, SimpleLazyObject) and user._wrapped is empty  # noqa: SLF001


def _cache_key(request: HttpRequest) -> str:
    """Return the cache key of the request's session; empty if it has none or sends an ``Authorization`` header."""
    session = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    if not session or "Authorization" in request.headers:
        return ""
    # Include the host name: a site with a database per host name has a session table per host name, too.
    return f"tracking:session:{sha256(f'{request.get_host()} {session}'.encode()).hexdigest()}"
