"""Who looks at a page, without a query where the host made none to find out: its page came from a cache."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.http import HttpRequest

from tracking.events import LearnerId
from tracking.lms import people

REMEMBERED_SECONDS = 600
"""How long it is remembered whose a session is. Logging in or out gives it another key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody who is logged in. Reading ``user`` may cost a query."""

    learner_id: LearnerId
    user: Any


def find_visitor(request: HttpRequest) -> Visitor | None:
    """Return who is logged in, or ``None``."""
    # Hosts that only know tokens have no authentication middleware, and set the user late or never.
    user: Any = getattr(request, "user", None)
    if user is None:
        return None
    name = _session_name(request) if people.is_lazy_user(user) else ""
    if not name:
        return Visitor(learner_id=user.pk, user=user) if user.is_authenticated else None
    known: str | None = cache.get(name)
    if known is None:
        known = str(user.pk) if user.is_authenticated else ""
        cache.set(name, known, REMEMBERED_SECONDS)
    return Visitor(learner_id=get_user_model()._meta.pk.to_python(known), user=user) if known else None


def _session_name(request: HttpRequest) -> str:
    """Return under what name it is remembered whose the session is; empty where a token may say something else."""
    key = getattr(getattr(request, "session", None), "session_key", None)
    if not key or "Authorization" in request.headers:
        return ""
    return f"tracking:session:{sha256(key.encode()).hexdigest()}"
