"""``statements``: stored by POST and PUT, read by GET."""

from __future__ import annotations

import json
from datetime import UTC, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from tracking.xapi.api import multipart, parameters, statement_queries
from tracking.xapi.api.authentication import xapi_error, xapi_view
from tracking.xapi.exceptions import StatementRejected
from tracking.xapi.statements import ingest, shapes
from tracking.xapi.statements.attachments import AttachmentContent
from tracking.xapi.statements.ingest import StatementSender

MAX_REQUEST_DURATION = timedelta(seconds=60)
"""No request lasts longer. A statement is stored as of a time before it is written, and read when that is committed."""


def statements_view(request: HttpRequest) -> HttpResponse:
    """Answer, and say as of when: whatever was stored by then is in what is read."""
    through = (timezone.now() - MAX_REQUEST_DURATION).astimezone(UTC)
    response = _within(request)
    response["X-Experience-API-Consistent-Through"] = through.isoformat(timespec="milliseconds").replace(
        "+00:00", "Z"
    )
    return response


statements_view.csrf_exempt = True  # type: ignore[attr-defined]  # As the door within.


@xapi_view
def _within(request: HttpRequest, sender: StatementSender) -> HttpResponse:
    if request.method == "POST":
        return _post(request, sender)
    if request.method == "PUT":
        return _put(request, sender)
    if request.method in ("GET", "HEAD"):
        return statement_queries.query_statements(request, sender)
    response = xapi_error("Use POST or PUT to send statements, and GET to read them.", status=405)
    response["Allow"] = "GET, HEAD, POST, PUT"
    return response


def _post(request: HttpRequest, sender: StatementSender) -> HttpResponse:
    parameters.reject_unknown_parameters(request, ())
    given, attached = _body(request)
    statements = given if isinstance(given, list) else [given]
    ids = ingest.ingest_statements(statements, sender, now=timezone.now(), attached=attached)
    return JsonResponse([str(each) for each in ids], safe=False)


def _put(request: HttpRequest, sender: StatementSender) -> HttpResponse:
    parameters.reject_unknown_parameters(request, ("statementId",))
    own_id = shapes.parse_uuid(request.GET.get("statementId"))
    given, attached = _body(request)
    if own_id is None or not isinstance(given, dict):
        raise StatementRejected("PUT needs a single statement and its statementId, a UUID.")
    if shapes.parse_uuid(given.setdefault("id", str(own_id))) != own_id:
        raise StatementRejected("The id of the statement differs from statementId.")
    ingest.ingest_statements([given], sender, now=timezone.now(), attached=attached)
    return HttpResponse(status=204)


def _body(request: HttpRequest) -> tuple[Any, dict[str, AttachmentContent]]:
    if request.content_type == multipart.MIXED:
        text, attached = multipart.split_multipart(request)
    elif request.content_type == multipart.JSON:
        text, attached = request.body, {}
    else:
        raise StatementRejected(
            "Send statements as application/json, or as multipart/mixed with attachments."
        )
    try:
        given = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise StatementRejected(f"The body cannot be read: {error}.") from error
    if b"\\u0000" in text:
        raise StatementRejected("Statements may not contain NUL characters.")
    return given, attached


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("an object has a property twice")
    return made


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is not a JSON number")
