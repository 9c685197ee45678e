"""Clears the cached session at logout, so that a copied cookie can send no more events."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.http import HttpRequest

from tracking.capture import session_cache
from tracking.hooks import boundary
from tracking.receivers.subscriptions import Subscriptions


def connect_logouts(to: Subscriptions) -> None:
    """Listen to logouts."""
    to.add(user_logged_out, _clear_session)


def _clear_session(*, request: HttpRequest | None = None, **_: Any) -> None:
    with boundary.guarded("Clearing a cached session"):
        if request is not None:
            session_cache.forget_session(request)
