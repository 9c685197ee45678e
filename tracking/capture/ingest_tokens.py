"""Ingest tokens: how a browser without a session proves whose events it sends.

``sendBeacon`` cannot set a header, so an access token cannot travel with the last events of a page. A front end that
logs in by token asks the API for an ingest token instead and puts it into the URL that its tracker posts to. The token
is signed by the site and names the learner. It permits only sending events, within consent, rate limit and clamping.

It ends after a week, and before that with the account and the password: like a session, it holds a hash of them. With
an enrolment ends what may be sent about that course (``course_access``).
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.contrib.auth import get_user_model
from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from tracking import conf
from tracking.events import LearnerId
from tracking.storage.host_cache import cache

VALID_SECONDS = 7 * 24 * 3600
"""As long as a browser stores events that it could not send."""

SALT = "tracking.capture.ingest_tokens"


def issue_token(user: Any) -> str:
    """Return an ingest token for the user, safe in a URL path."""
    return signing.dumps([str(user.pk), _account_hash(user)], salt=SALT)


def find_token_learner(given: str) -> LearnerId | None:
    """Return whose token ``given`` is; at most ``SESSION_CACHE_SECONDS`` old.

    ``None`` if it is forged or older than ``VALID_SECONDS``, or if the account is gone or inactive or has another
    password.
    """
    try:
        holder, account_hash = signing.loads(given, salt=SALT, max_age=VALID_SECONDS)
    except (signing.BadSignature, TypeError, ValueError):
        return None
    seconds = conf.get_settings().SESSION_CACHE_SECONDS
    key = f"tracking:token:{sha256(given.encode()).hexdigest()}"
    learner_id: LearnerId | None = cache.get(key) if seconds else None
    if learner_id is None:
        user = get_user_model()._base_manager.filter(pk=holder).first()
        if user is not None and user.is_active and constant_time_compare(account_hash, _account_hash(user)):
            learner_id = user.pk
            if seconds:
                cache.set(key, learner_id, seconds)
    return learner_id


def _account_hash(user: Any) -> str:
    return salted_hmac(SALT, user.password, algorithm="sha256").hexdigest()[:16]
