"""HTTP endpoint for events: authenticate, check the origin and the rate limit, then ingest.

Every response is JSON. To a browser, ``4xx`` means give up; ``429`` and ``5xx`` mean retry after ``Retry-After``.
"""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.http.request import UnreadablePostError
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from tracking import conf, lms, scrubbing, telemetry
from tracking.capture import (
    course_access,
    deferrals,
    envelope,
    ingest,
    ingest_tokens,
    session_cache,
    throttle,
)
from tracking.capture.ingest import IngestResult, Sender
from tracking.capture.rejections import RejectReason
from tracking.capture.same_origin import front_end_origin, is_same_origin
from tracking.events import EventSource, LearnerId
from tracking.exceptions import InvalidBatch
from tracking.privacy import global_privacy_control
from tracking.storage.host_cache import cache

RETRY_SECONDS = 30
"""When a browser may retry while the database is unavailable."""

logger = logging.getLogger("tracking.capture")


# sendBeacon cannot set a CSRF header, and a page from a cache has no token. is_same_origin() replaces the CSRF check.
@csrf_exempt
def events_view(request: HttpRequest, ingest_token: str = "") -> JsonResponse:
    """Ingest the posted batch of the learner who is logged in, or whom the ingest token in the URL names."""
    # A front end on another origin has no session here; it proves by its ingest token whose events it sends.
    origin = front_end_origin(request) if ingest_token else ""
    response = _reject_request(request, is_from_front_end=bool(origin)) or _answer_any(request, ingest_token)
    if origin:
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Expose-Headers"] = "Retry-After"
        patch_vary_headers(response, ["Origin"])
    return response


def _answer_any(request: HttpRequest, ingest_token: str) -> JsonResponse:
    try:
        return _answer(request, ingest_token)
    except UnreadablePostError:
        return _error("broken_off", status=400, detail="The request ended before its body did.")
    except InvalidBatch as error:
        return _error(error.code, status=error.status, detail=error.detail)
    except DatabaseError as error:
        return _unavailable(error)


def _answer(request: HttpRequest, ingest_token: str) -> JsonResponse:
    learner_id = (
        ingest_tokens.find_token_learner(ingest_token)
        if ingest_token
        else session_cache.find_session_learner(request)
    )
    # Without the cache no rate limit holds, and each batch would cost the queries that the cache saves.
    if cache.is_away():
        detail = "The cache of this site is away. Send the batch again."
        return _retry_later("unavailable", status=503, seconds=RETRY_SECONDS, detail=detail)
    rejection = _reject_sender(request, learner_id)
    if rejection is not None:
        return rejection
    try:
        return _ingest(request, learner_id, now=timezone.now())
    except DatabaseError:
        deferrals.note_deferral(learner_id, now=timezone.now())
        raise


def _unavailable(error: DatabaseError) -> JsonResponse:
    logger.error(
        "Cannot store a batch; the sender is asked to retry.",
        # Never exc_info=True: the error message may contain data of the batch.
        exc_info=scrubbing.safe_exc_info(error),
    )
    return _retry_later(
        "unavailable", status=503, seconds=RETRY_SECONDS, detail="Nothing was stored. Send the batch again."
    )


def _reject_request(request: HttpRequest, *, is_from_front_end: bool) -> JsonResponse | None:
    if request.method != "POST":
        rejection = _error("method", status=405, detail="Use POST to send events.")
        rejection["Allow"] = "POST"
        return rejection
    if not conf.get_settings().ENABLED:
        return _error("off", status=410, detail="Tracking is switched off. Stop sending.")
    if not (is_from_front_end or is_same_origin(request)):
        return _error("cross_origin", status=403, detail="Only pages of this site may send events.")
    # Reject by the declared length, before the body is read.
    if _declared_bytes(request) > envelope.MAX_BODY_BYTES:
        detail = f"A batch may have at most {envelope.MAX_BODY_BYTES} bytes. Send smaller batches."
        return _error("too_large", status=413, detail=detail)
    return None


def _reject_sender(request: HttpRequest, learner_id: LearnerId | None) -> JsonResponse | None:
    if learner_id is None:
        return _error("logged_out", status=401, detail="Not logged in.")
    if session_cache.is_page_of_other_learner(request, learner_id):
        detail = "The page was served to another learner. Stop sending."
        return _error("another_learner", status=403, detail=detail)
    return None


def _ingest(request: HttpRequest, learner_id: LearnerId, *, now: datetime) -> JsonResponse:
    # Check the rate limit before the body is read, so that a sender over the limit costs no parsing.
    seconds = throttle.seconds_to_wait(learner_id, now=now)
    if seconds:
        deferrals.note_deferral(learner_id, now=now)
        return _retry_later("too_many", status=429, seconds=seconds, detail="Too many events in this minute.")
    # One byte more than allowed: it shows that a body without a declared length is too large.
    body = request.read(envelope.MAX_BODY_BYTES + 1)
    sender = Sender(
        learner_id=learner_id,
        received_at=now,
        source=EventSource.BROWSER,
        find_unit=lms.get_adapter().unit_of_path,
        oldest_days=conf.get_settings().MAX_EVENT_AGE_DAYS,
        has_opted_out=global_privacy_control.asks_for_privacy(request),
        may_send=partial(course_access.may_send_events, learner_id),
        deferred_since=deferrals.deferred_since(learner_id, now=now),
    )
    with telemetry.span("ingest", bytes=len(body)):
        result = ingest.ingest_batch(body, sender)
    stored_count = result.accepted_count + result.duplicate_count + result.quarantined_count
    throttle.count_sent(learner_id, stored_count + len(result.rejected), now=now)
    return JsonResponse(_as_json(result), status=_status(result) if not stored_count else 202)


def _status(result: IngestResult) -> int:
    """Return the status for a batch of which nothing was stored. 403 makes the tracker stop."""
    if result.rejected and all(each.code is RejectReason.NO_CONSENT for each in result.rejected):
        return 403
    return 422 if result.rejected else 202


def _as_json(result: IngestResult) -> dict[str, object]:
    return {
        # A quarantined event counts as accepted: the browser must not send it again.
        "accepted": result.accepted_count + result.quarantined_count,
        "duplicate": result.duplicate_count,
        "rejected": [{"i": each.index, "code": each.code.value} for each in result.rejected],
    }


def _declared_bytes(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _error(code: str, *, status: int, detail: str) -> JsonResponse:
    return JsonResponse({"code": code, "detail": detail}, status=status)


def _retry_later(code: str, *, status: int, seconds: int, detail: str) -> JsonResponse:
    response = _error(code, status=status, detail=detail)
    response["Retry-After"] = str(seconds)
    return response
