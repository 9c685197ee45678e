"""Whose session a batch comes with, remembered for a minute: to ask the database costs more than to store the events.

What is remembered says who, not what they may: consent and throttle are asked for each batch, and nothing can be read
with it. docs/internals.md has what can go wrong.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.functional import SimpleLazyObject, empty

from tracking import conf
from tracking.events import LearnerId


def find_session_learner(request: HttpRequest) -> LearnerId | None:
    """Return the primary key of whoever is logged in, or ``None``, as it was ``SESSION_CACHE_SECONDS`` ago at the most."""
    user: Any = getattr(request, "user", None)  # Where only an API knows its users, no middleware sets it.
    seconds = conf.get_settings().SESSION_CACHE_SECONDS
    key = _cache_key(request) if seconds and _is_not_read(user) else ""
    known = cache.get(key) if key else None
    if known is None and user is not None and user.is_authenticated:
        known = user.pk
        if key:
            cache.set(key, known, seconds)
    return known


def session_owner_hash(learner_id: LearnerId) -> str:
    """Return what tells two learners at one computer apart without telling anybody who they are."""
    return salted_hmac("tracking.hooks.snippet", str(learner_id), algorithm="sha256").hexdigest()[:16]


def is_page_of_other_learner(request: HttpRequest, learner_id: LearnerId) -> bool:
    """Return whether the page that sends was made for somebody else, who has left this browser to the learner."""
    owner = request.GET.get("owner", "")
    return bool(owner) and not constant_time_compare(owner, session_owner_hash(learner_id))


def forget_session(request: HttpRequest) -> None:
    """Ask the database again at the next batch of the session that ``request`` came with: it has ended."""
    key = _cache_key(request)
    if key:
        cache.delete(key)


def _is_not_read(user: Any) -> bool:
    # A middleware that has read the user may have put another in the place: one who looks on with another's eyes. Then
    # the session no longer tells who it is, and the query is paid for anyway.
    return isinstance(user, SimpleLazyObject) and user._wrapped is empty  # noqa: SLF001


def _cache_key(request: HttpRequest) -> str:
    """Return where the holder of the request's session is kept, or an empty string where another proof counts too."""
    session = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    if not session or "Authorization" in request.headers:
        return ""
    # The host is part of it: a site with a database for each name has a session table for each as well.
    return f"tracking:session:{sha256(f'{request.get_host()} {session}'.encode()).hexdigest()}"
