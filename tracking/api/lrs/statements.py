"""``statements``: told by POST and PUT, read by GET."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from tracking.api.lrs.door import door, refused
from tracking.capture.records import agents, shape, statements
from tracking.capture.records.statements import StatementRefused, Teller
from tracking.models import XapiStatement

MOST = 100
"""Statements in one answer."""
FILTERS = ("agent", "verb", "activity", "registration", "since", "until", "limit", "ascending")
KNOWN = frozenset((*FILTERS, "statementId", "voidedStatementId", "format", "attachments"))
ALSO_KNOWN = frozenset(("related_activities", "related_agents", "after"))


@door
def view(request: HttpRequest, teller: Teller) -> HttpResponse:
    """Take statements in, or give them back."""
    if request.method == "POST":
        return _post(request, teller)
    if request.method == "PUT":
        return _put(request, teller)
    if request.method in ("GET", "HEAD"):
        return _get(request, teller)
    response = refused("Statements are told by POST and PUT and read by GET.", status=405)
    response["Allow"] = "GET, HEAD, POST, PUT"
    return response


def _post(request: HttpRequest, teller: Teller) -> HttpResponse:
    given = _body(request)
    told = given if isinstance(given, list) else [given]
    ids = statements.take_in(told, teller, now=timezone.now())
    return JsonResponse([str(each) for each in ids], safe=False)


def _put(request: HttpRequest, teller: Teller) -> HttpResponse:
    own_id = shape.as_uuid(request.GET.get("statementId"))
    given = _body(request)
    if own_id is None or not isinstance(given, dict):
        raise StatementRefused("One statement is put under its statementId, a UUID.")
    if shape.as_uuid(given.setdefault("id", str(own_id))) != own_id:
        raise StatementRefused("The id of the statement is not its statementId.")
    statements.take_in([given], teller, now=timezone.now())
    return HttpResponse(status=204)


def _get(request: HttpRequest, teller: Teller) -> HttpResponse:
    unknown = set(request.GET) - KNOWN - ALSO_KNOWN
    if unknown:
        raise StatementRefused(f"There is no parameter {min(unknown)!r}.")
    rows = XapiStatement.objects.all()
    if teller.learner_id is not None:
        rows = rows.filter(learner_id=teller.learner_id)
    one = request.GET.get("statementId"), request.GET.get("voidedStatementId")
    response = _one(request, rows, *one) if any(one) else _many(request, rows)
    now = timezone.now().astimezone(UTC).isoformat(timespec="milliseconds")
    response["X-Experience-API-Consistent-Through"] = now.replace("+00:00", "Z")
    return response


def _one(
    request: HttpRequest, rows: QuerySet[XapiStatement], given: str | None, voided: str | None
) -> HttpResponse:
    own_id = shape.as_uuid(given or voided)
    if own_id is None or (given and voided) or set(FILTERS) & set(request.GET):
        raise StatementRefused("A statement is asked for by one UUID and nothing else.")
    row = rows.filter(pk=own_id, is_voided=voided is not None).first()
    return refused("There is no such statement.", status=404) if row is None else JsonResponse(row.statement)


def _many(request: HttpRequest, rows: QuerySet[XapiStatement]) -> HttpResponse:
    given = request.GET
    rows = rows.filter(is_voided=False, **_filters(given))
    limit = _number(given.get("limit", "0")) or MOST
    limit = min(limit, MOST)
    is_ascending = given.get("ascending") == "true"
    order = ("stored_at", "id") if is_ascending else ("-stored_at", "-id")
    skipped = _number(given.get("after", "0"))
    found = list(rows.order_by(*order)[skipped : skipped + limit + 1])
    more = ""
    if len(found) > limit:
        again = {name: text for name, text in given.items() if name != "after"}
        more = f"{reverse('tracking:xapi_statements')}?{urlencode({**again, 'after': skipped + limit})}"
    return JsonResponse({"statements": [row.statement for row in found[:limit]], "more": more})


def _filters(given: Any) -> dict[str, Any]:
    readers: dict[str, tuple[str, Callable[[str], Any]]] = {
        "agent": ("agent_key", _agent_key),
        "verb": ("verb", str),
        "activity": ("activity", str),
        "registration": ("registration", _registration),
        "since": ("stored_at__gt", _moment),
        "until": ("stored_at__lte", _moment),
    }
    return {look_up: read(given[name]) for name, (look_up, read) in readers.items() if name in given}


def _agent_key(text: str) -> str:
    try:
        return agents.key_of(json.loads(text))
    except ValueError as error:
        raise StatementRefused("agent is JSON.") from error


def _registration(text: str) -> UUID:
    found = shape.as_uuid(text)
    if found is None:
        raise StatementRefused("registration is a UUID.")
    return found


def _moment(text: str) -> datetime:
    try:
        at = parse_datetime(text)
    except ValueError:
        at = None
    if at is None:
        raise StatementRefused(f"{text!r} is no moment of ISO 8601.")
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise StatementRefused(f"{text!r} is no count.")
    return int(text)


def _body(request: HttpRequest) -> Any:
    if request.content_type != "application/json":
        raise StatementRefused("Statements are JSON; attachments are not kept here.", status=415)
    try:
        given = msgspec.json.decode(request.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise StatementRefused(f"The body cannot be read: {error}.") from error
    if b"\\u0000" in request.body:
        raise StatementRefused("There is no NUL in what can be kept.")
    return given
