"""Passes: how the browser of a learner who is known by a token, not by a session, proves whose events it sends.

``sendBeacon`` can set no header, so a token cannot travel with the last events of a page. A front end that logs in by
token asks the API for a pass instead, which is part of the address that its tracker posts to. It says who, is signed by
the site, and is good for sending events alone: bounded, as all are, by consent, by the throttle and by real time.
"""

from __future__ import annotations

from django.core import signing

from tracking.events import LearnerId

VALID_SECONDS = 7 * 24 * 3600
"""As long as a browser keeps what it could not send."""

SALT = "tracking.capture.ingest_tokens"


def issue_token(learner_id: LearnerId) -> str:
    """Return a pass for the learner, fit for a path."""
    return signing.dumps(str(learner_id), salt=SALT)


def find_token_learner(given: str) -> str | None:
    """Return the primary key in ``given`` as text, or ``None`` where it is forged or older than ``VALID_SECONDS``."""
    try:
        return str(signing.loads(given, salt=SALT, max_age=VALID_SECONDS))
    except signing.BadSignature:
        return None
