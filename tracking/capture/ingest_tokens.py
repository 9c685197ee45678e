"""Ingest tokens: how a browser without a session proves whose events it sends.

``sendBeacon`` cannot set a header, so an access token cannot travel with the last events of a page. A front end that
logs in by token asks the API for an ingest token instead and puts it into the URL that its tracker posts to. The token
is signed by the site and names the learner. It permits only sending events, within consent, rate limit and clamping.
"""

from __future__ import annotations

from django.core import signing

from tracking.events import LearnerId

VALID_SECONDS = 7 * 24 * 3600
"""As long as a browser stores events that it could not send."""

SALT = "tracking.capture.ingest_tokens"


def issue_token(learner_id: LearnerId) -> str:
    """Return an ingest token for the learner, safe in a URL path."""
    return signing.dumps(str(learner_id), salt=SALT)


def find_token_learner(given: str) -> str | None:
    """Return the primary key in ``given`` as text, or ``None`` if it is forged or older than ``VALID_SECONDS``."""
    try:
        return str(signing.loads(given, salt=SALT, max_age=VALID_SECONDS))
    except signing.BadSignature:
        return None
