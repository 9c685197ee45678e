"""Giving statements back: one, or page by page those that are asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.http import http_date

from tracking.xapi.api import formats, multipart, parameters
from tracking.xapi.api.authentication import xapi_error
from tracking.xapi.exceptions import StatementRejected
from tracking.xapi.models import XapiAttachment, XapiStatement
from tracking.xapi.statements import agents, mentions
from tracking.xapi.statements.ingest import StatementSender

MAX_STATEMENTS = 100
"""Statements in one answer."""
DEEPEST = 3
"""How many references lead from a statement to the one that is asked for: a comment on a voiding of it is two away."""
FILTERS = (
    *("agent", "verb", "activity", "registration", "related_activities", "related_agents", "since", "until"),
    *("limit", "ascending"),
)
ONE = ("statementId", "voidedStatementId")
KNOWN = frozenset((*FILTERS, *ONE, "format", "attachments", "after"))


def query_statements(request: HttpRequest, sender: StatementSender) -> HttpResponse:
    """Answer with one statement, or with many."""
    parameters.reject_unknown_parameters(request, KNOWN)
    rows = XapiStatement.objects.all()
    if sender.learner_id is not None:
        rows = rows.filter(learner_id=sender.learner_id)
    return _one(request, rows) if set(ONE) & set(request.GET) else _many(request, rows)


def _one(request: HttpRequest, rows: QuerySet[XapiStatement]) -> HttpResponse:
    given = [name for name in ONE if name in request.GET]
    if len(given) > 1 or set(FILTERS) & set(request.GET):
        raise StatementRejected("Ask for a single statement by one UUID, without other parameters.")
    own_id = parameters.uuid_parameter(request.GET[given[0]])
    row = rows.filter(pk=own_id, is_voided=given[0] == "voidedStatementId").first()
    if row is None:
        return xapi_error("There is no such statement.", status=404)
    response = _answer(request, [row], lambda statements: statements[0])
    response["Last-Modified"] = http_date(row.stored_at.timestamp())
    return response


def _many(request: HttpRequest, rows: QuerySet[XapiStatement]) -> HttpResponse:
    given = request.GET
    rows = _narrowed(request, rows)
    limit = min(parameters.count_parameter(given.get("limit", "0")) or MAX_STATEMENTS, MAX_STATEMENTS)
    order = ("stored_at", "id") if parameters.flag_parameter(request, "ascending") else ("-stored_at", "-id")
    skipped = parameters.count_parameter(given.get("after", "0"))
    found = list(rows.order_by(*order)[skipped : skipped + limit + 1])
    more = ""
    if len(found) > limit:
        again = {name: text for name, text in given.items() if name != "after"}
        more = f"{reverse('tracking_xapi:statements')}?{urlencode({**again, 'after': skipped + limit})}"
    return _answer(request, found[:limit], lambda statements: {"statements": statements, "more": more})


def _narrowed(request: HttpRequest, rows: QuerySet[XapiStatement]) -> QuerySet[XapiStatement]:
    """Return those of ``rows`` that are asked for: time and voiding go by each, all else also by what it is about."""
    given = request.GET
    moments = {"since": "stored_at__gt", "until": "stored_at__lte"}
    times = {
        look_up: parameters.datetime_parameter(given[name])
        for name, look_up in moments.items()
        if name in given
    }
    asked = _asked(request)
    wanted, targets = asked, rows.filter(asked)
    for _ in range(DEEPEST if asked else 0):
        about = Q(pk__in=mentions.statements_about(targets))
        wanted, targets = wanted | about, rows.filter(about)
    return rows.filter(wanted, is_voided=False, **times)


def _asked(request: HttpRequest) -> Q:
    readers: dict[str, Callable[[str], Any]] = {
        "verb": parameters.iri_parameter,
        "registration": parameters.uuid_parameter,
    }
    given = request.GET
    asked = Q(**{name: read(given[name]) for name, read in readers.items() if name in given})
    with_agents = parameters.flag_parameter(request, "related_agents")
    with_activities = parameters.flag_parameter(request, "related_activities")
    if "agent" in given:
        key = agents.agent_key(parameters.agent_parameter(given["agent"]))
        kinds = [mentions.WHO, *([mentions.AGENT] if with_agents else [])]
        asked &= Q(agent_key=key) | Q(pk__in=mentions.statements_mentioning(kinds, key))
    if "activity" in given:
        name = parameters.iri_parameter(given["activity"])
        related = (
            Q(pk__in=mentions.statements_mentioning([mentions.ACTIVITY], name)) if with_activities else Q()
        )
        asked &= Q(activity=name) | related
    return asked


def _answer(
    request: HttpRequest, rows: Sequence[XapiStatement], wrap: Callable[[list[Any]], Any]
) -> HttpResponse:
    form, languages = parameters.format_parameter(request), request.headers.get("Accept-Language", "")
    body = wrap([formats.format_statement(row.statement, form, languages=languages) for row in rows])
    if not parameters.flag_parameter(request, "attachments"):
        return JsonResponse(body)
    attached = {
        each.sha2: each for each in XapiAttachment.objects.filter(statement__in=[row.pk for row in rows])
    }
    return multipart.multipart_response(json.dumps(body).encode(), attached)
