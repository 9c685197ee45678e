"""Authentication for the learning record store: senders, the xAPI version, rate limits and error responses."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.core import signing
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from tracking import conf
from tracking.capture import throttle
from tracking.events import LearnerId
from tracking.lms.values import UnitRef
from tracking.models import Enrolment
from tracking.privacy import global_privacy_control
from tracking.xapi import conf as xapi_conf
from tracking.xapi import export, identifiers
from tracking.xapi.api import alternate_requests
from tracking.xapi.exceptions import DocumentRejected, StatementRejected
from tracking.xapi.statements.ingest import StatementSender

SALT = "tracking.xapi.api"
PASS_SECONDS = 24 * 3600
"""How long launched content may send statements."""
USER = "launch"
MAX_REQUEST_BYTES = 4 * 1024 * 1024
"""The maximum size of one request, in bytes."""
BYTES_OF_ONE = 4096
"""What counts as one event of a learner's minute; a larger request counts as so many."""

VERSION = re.compile(r"(1\.0|2\.0)(\.\d+)?")

View = Callable[[HttpRequest, StatementSender], HttpResponse]


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """What content is opened with, so that it can speak for one learner about one unit."""

    password: str

    @property
    def token(self) -> str:
        """What follows ``Basic`` in the header ``Authorization``."""
        return base64.b64encode(f"{USER}:{self.password}".encode()).decode()

    @property
    def authorization(self) -> str:
        """The value of the header ``Authorization``."""
        return f"Basic {self.token}"


def create_launch(learner_id: LearnerId, unit: UnitRef) -> Launch:
    """Return a pass for content that ``learner_id`` opens in ``unit``."""
    said = [str(learner_id), unit.course_key, unit.unit_key]
    return Launch(password=signing.dumps(said, salt=SALT, compress=True))


def xapi_view(view: View) -> Callable[[HttpRequest], HttpResponse]:
    """Admit authenticated senders only, and answer errors as xAPI requires."""

    @csrf_exempt  # No request is authenticated by a cookie.
    def answer(request: HttpRequest) -> HttpResponse:
        response = _answer(view, request)
        response["X-Experience-API-Version"] = xapi_conf.get_settings().VERSION
        response["Cache-Control"] = "private, no-store"
        return response

    return answer


def xapi_error(detail: str, *, status: int) -> HttpResponse:
    """Return an error."""
    return JsonResponse({"error": detail, "status": status}, status=status)


def _answer(view: View, request: HttpRequest) -> HttpResponse:
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_REQUEST_BYTES:
        return xapi_error(f"A request may have at most {MAX_REQUEST_BYTES} bytes.", status=413)
    try:
        return _let_in(
            view,
            alternate_requests.decode_alternate_request(request)
            if alternate_requests.is_alternate_request(request)
            else request,
        )
    except RequestDataTooBig:
        # The host's DATA_UPLOAD_MAX_MEMORY_SIZE is below LARGEST unless it was raised, and Django would answer in HTML.
        return xapi_error("The request is larger than DATA_UPLOAD_MAX_MEMORY_SIZE of this site.", status=413)
    except (StatementRejected, DocumentRejected) as error:
        return xapi_error(str(error), status=error.status)


def _let_in(view: View, request: HttpRequest) -> HttpResponse:
    sender = _find_sender(request) if conf.get_settings().ENABLED else None
    response = _error_response(request, sender)
    if response is not None or sender is None:
        return response or xapi_error("Tracking is switched off.", status=410)
    seconds = _seconds_to_wait(request, sender)
    if seconds:
        response = xapi_error("Too many requests from this learner in this minute.", status=429)
        response["Retry-After"] = str(seconds)
        return response
    return view(request, sender)


def _error_response(request: HttpRequest, sender: StatementSender | None) -> HttpResponse | None:
    if not conf.get_settings().ENABLED:
        return xapi_error("Tracking is switched off.", status=410)
    if sender is None:
        response = xapi_error("Authenticate with HTTP Basic: a launch token, or LRS_CLIENT_KEY.", status=401)
        response["WWW-Authenticate"] = 'Basic realm="xAPI"'
        return response
    if not VERSION.fullmatch(request.headers.get("X-Experience-API-Version", "")):
        return xapi_error("X-Experience-API-Version must be 1.0.x or 2.0.x.", status=400)
    if any("\x00" in text for texts in request.GET.lists() for text in texts[1]):
        return xapi_error("Parameters may not contain NUL characters.", status=400)
    return None


def _seconds_to_wait(request: HttpRequest, sender: StatementSender) -> int:
    """Return the seconds that content in a browser must wait, by what its learner has sent this minute."""
    if sender.learner_id is None or request.method in ("GET", "HEAD"):
        return 0
    now = timezone.now()
    seconds = throttle.seconds_to_wait(sender.learner_id, now=now)
    if not seconds:
        throttle.count_sent(sender.learner_id, 1 + len(request.body) // BYTES_OF_ONE, now=now)
    return seconds


def _find_sender(request: HttpRequest) -> StatementSender | None:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, _, password = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    options = xapi_conf.get_settings()
    if user == USER:
        return _launched(password, has_opted_out=global_privacy_control.asks_for_privacy(request))
    is_client = hmac.compare_digest(user.encode(), options.LRS_CLIENT_KEY.encode()) and hmac.compare_digest(
        password.encode(), options.LRS_CLIENT_SECRET.encode()
    )
    if not (is_client and options.LRS_CLIENT_KEY and options.LRS_CLIENT_SECRET):
        return None
    account = {"homePage": identifiers.site_iri(), "name": options.LRS_CLIENT_KEY}
    return StatementSender(authority={"objectType": "Agent", "account": account})


def _launched(password: str, *, has_opted_out: bool) -> StatementSender | None:
    try:
        said: list[Any] = signing.loads(password, salt=SALT, max_age=PASS_SECONDS)
    except signing.BadSignature:
        return None
    learner_id = get_user_model()._meta.pk.to_python(said[0])
    user = get_user_model()._base_manager.filter(pk=learner_id).first()
    is_there = Enrolment.objects.filter(learner_id=learner_id, course_key=said[1]).exists()
    if user is None or not user.is_active or not is_there:
        # A learner who was deactivated, or has left the course, may send nothing more about it.
        return None
    return StatementSender(
        authority=export.learner_actor(learner_id),
        learner_id=learner_id,
        unit=UnitRef(course_key=said[1], unit_key=said[2]),
        has_opted_out=has_opted_out,
    )
