"""Where cmi5 content that was opened fetches what lets it in: cmi5, section 8.2."""

from __future__ import annotations

import secrets

from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from tracking import conf
from tracking.events import LearnerId
from tracking.lms.values import UnitRef
from tracking.storage.host_cache import cache
from tracking.xapi.api import authentication

SALT = "tracking.xapi.api.cmi5_fetch"
FETCHED_WITHIN_SECONDS = 15 * 60
"""Content fetches as it starts. Addresses are written to logs, so one that was never used is not good for long."""

USED_OR_EXPIRED = "1"
NOT_TO_BE_TRUSTED = "2"
FAILED = "3"


def create_fetch_token(learner_id: LearnerId, unit: UnitRef) -> str:
    """Return the end of an address that gives what lets content in that ``learner_id`` opens in ``unit``, once."""
    said = [str(learner_id), unit.course_key, unit.unit_key, secrets.token_urlsafe(9)]
    return signing.dumps(said, salt=SALT, compress=True)


@csrf_exempt  # No request is authenticated by a cookie.
def fetch_view(request: HttpRequest, given: str) -> HttpResponse:
    """Answer the first POST with the token, and every later one with an error: 200 both, as cmi5 has it."""
    if request.method != "POST":
        response = authentication.xapi_error("Use POST to fetch the authorization token.", status=405)
        response["Allow"] = "POST"
    else:
        response = JsonResponse(_answer(given))
    response["Cache-Control"] = "private, no-store"
    return response


def _answer(given: str) -> dict[str, str]:
    if not conf.get_settings().ENABLED:
        return _error(FAILED, "Tracking is switched off.")
    try:
        said = signing.loads(given, salt=SALT, max_age=FETCHED_WITHIN_SECONDS)
    except signing.SignatureExpired:
        return _error(USED_OR_EXPIRED, "The launch URL has expired.")
    except signing.BadSignature:
        return _error(NOT_TO_BE_TRUSTED, "The URL is not a launch URL.")
    learner_id, course_key, unit_key, chance = said
    if not cache.add(f"tracking:fetched:{chance}", 1, FETCHED_WITHIN_SECONDS):
        return _error(USED_OR_EXPIRED, "The authorization token has already been returned.")
    unit = UnitRef(course_key=course_key, unit_key=unit_key)
    return {"auth-token": authentication.create_launch(learner_id, unit).token}


def _error(code: str, text: str) -> dict[str, str]:
    return {"error-code": code, "error-text": text}
