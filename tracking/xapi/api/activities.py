"""``activities_view`` and ``agents``: what is known of one of them, and ``about_view`` the store itself."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from tracking.xapi.api import parameters
from tracking.xapi.api.authentication import xapi_error, xapi_view
from tracking.xapi.exceptions import StatementRejected
from tracking.xapi.models import XapiStatement
from tracking.xapi.statements import agents
from tracking.xapi.statements.ingest import StatementSender

VERSIONS = ["1.0.0", "1.0.1", "1.0.2", "1.0.3", "2.0.0"]
LOOKED_AT = 100
"""Statements, the newest, whose words about an activity are put together."""


def about_view(request: HttpRequest) -> HttpResponse:
    """Say which versions are spoken; to anybody."""
    response = JsonResponse({"version": VERSIONS})
    response["X-Experience-API-Version"] = "1.0.3"
    return response


@xapi_view
def activities_view(request: HttpRequest, sender: StatementSender) -> HttpResponse:
    """Say what statements have said of an activity, all their languages together."""
    if request.method not in ("GET", "HEAD"):
        return xapi_error("Use GET to read an activity.", status=405)
    parameters.reject_unknown_parameters(request, ("activityId",))
    name = parameters.iri_parameter(request.GET.get("activityId", ""))
    rows = XapiStatement.objects.filter(activity=name, is_voided=False)
    if sender.learner_id is not None:
        rows = rows.filter(learner_id=sender.learner_id)
    definition: dict[str, Any] = {}
    for row in reversed(rows.order_by("-stored_at")[:LOOKED_AT]):
        _join(definition, row.statement["object"].get("definition", {}))
    known = {"definition": definition} if definition else {}
    return JsonResponse({"objectType": "Activity", "id": name, **known})


@xapi_view
def agents_view(request: HttpRequest, sender: StatementSender) -> HttpResponse:
    """Say what is known of an agent: what was asked with."""
    if request.method not in ("GET", "HEAD"):
        return xapi_error("Use GET to read an agent.", status=405)
    parameters.reject_unknown_parameters(request, ("agent",))
    agent = parameters.agent_parameter(request.GET.get("agent", ""))
    if sender.learner_id not in (None, agents.find_agent_learner(agent)):
        raise StatementRejected("This sender may not act for the agent.", status=403)
    listed = {name: [agent[name]] for name in ("name", *agents.IDENTIFIERS) if name in agent}
    return JsonResponse({"objectType": "Person", **listed})


def _join(definition: dict[str, Any], said: dict[str, Any]) -> None:
    for name, value in said.items():
        is_joined = name in ("name", "description", "extensions")
        definition[name] = {**definition.get(name, {}), **value} if is_joined else value
