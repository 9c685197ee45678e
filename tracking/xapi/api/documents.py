"""``activities/state``, ``activities/profile`` and ``agents/profile``: documents that content keeps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.http import http_date

from tracking.models.keys import KEY_LENGTH
from tracking.xapi.api import parameters
from tracking.xapi.api.authentication import xapi_error, xapi_view
from tracking.xapi.exceptions import DocumentRejected
from tracking.xapi.models import DocumentKind
from tracking.xapi.statements import agents, documents
from tracking.xapi.statements.documents import DocumentAddress, DocumentContent
from tracking.xapi.statements.ingest import StatementSender
from tracking.xapi.statements.unit_lookup import UnitLookup

NAMES: Mapping[DocumentKind, str] = {
    DocumentKind.STATE: "stateId",
    DocumentKind.ACTIVITY: "profileId",
    DocumentKind.AGENT: "profileId",
}
KNOWN: Mapping[DocumentKind, frozenset[str]] = {
    DocumentKind.STATE: frozenset(("activityId", "agent", "registration", "stateId", "since")),
    DocumentKind.ACTIVITY: frozenset(("activityId", "profileId", "since")),
    DocumentKind.AGENT: frozenset(("agent", "profileId", "since")),
}


@xapi_view
def state_view(request: HttpRequest, sender: StatementSender) -> HttpResponse:
    """Store the state of an agent in an activity."""
    return _documents(request, sender, DocumentKind.STATE)


@xapi_view
def activity_profile_view(request: HttpRequest, sender: StatementSender) -> HttpResponse:
    """Store documents about an activity, shared by all learners."""
    return _documents(request, sender, DocumentKind.ACTIVITY)


@xapi_view
def agent_profile_view(request: HttpRequest, sender: StatementSender) -> HttpResponse:
    """Store documents about an agent, for all activities."""
    return _documents(request, sender, DocumentKind.AGENT)


def _documents(request: HttpRequest, sender: StatementSender, kind: DocumentKind) -> HttpResponse:
    parameters.reject_unknown_parameters(request, KNOWN[kind])
    place, since = _place(request, sender, kind), _since(request)
    name = request.GET.get(NAMES[kind], "")
    if len(name) > KEY_LENGTH:
        raise DocumentRejected(f"{NAMES[kind]} may have at most {KEY_LENGTH} characters.")
    if request.method in ("GET", "HEAD"):
        return _read(request, place, name) if name else _listed(place, since)
    if request.method == "DELETE" and (name or kind is DocumentKind.STATE):
        documents.delete_documents(place, name, conditions=_conditions(request), since=since)
        return HttpResponse(status=204)
    if request.method in ("PUT", "POST") and name:
        documents.store_document(
            place,
            name,
            DocumentContent(
                body=request.body,
                content_type=request.headers.get("Content-Type", "application/octet-stream"),
            ),
            merges=request.method == "POST",
            conditions=_conditions(request),
            now=timezone.now(),
        )
        return HttpResponse(status=204)
    if request.method in ("PUT", "POST", "DELETE"):
        raise DocumentRejected(f"{NAMES[kind]} is missing. It names the document.")
    return xapi_error("Use GET to read documents, and PUT or POST to store them.", status=405)


def _place(request: HttpRequest, sender: StatementSender, kind: DocumentKind) -> DocumentAddress:
    activity = (
        "" if kind is DocumentKind.AGENT else parameters.iri_parameter(request.GET.get("activityId", ""))
    )
    given = request.GET.get("registration")
    registration = "" if given is None else str(parameters.uuid_parameter(given))
    if kind is DocumentKind.ACTIVITY:
        if sender.learner_id is not None and request.method not in ("GET", "HEAD"):
            raise DocumentRejected(
                "A learner may not write the profile of an activity, because it applies to all learners.",
                status=403,
            )
        return DocumentAddress(kind=kind, activity=activity)
    agent = parameters.agent_parameter(request.GET.get("agent", ""))
    learner_id = agents.find_agent_learner(agent)
    if learner_id is None or sender.learner_id not in (None, learner_id):
        raise DocumentRejected("The agent is unknown here, or this sender may not act for it.", status=403)
    if kind is DocumentKind.AGENT:
        return DocumentAddress(kind=kind, agent_key=agents.agent_key(agent), learner_id=learner_id)
    return DocumentAddress(
        kind=kind,
        activity=activity,
        agent_key=agents.agent_key(agent),
        registration=registration,
        learner_id=learner_id,
        course_key=UnitLookup(sender.unit).course_of_activity(activity, "", learner_id, registration),
    )


def _since(request: HttpRequest) -> datetime | None:
    return parameters.datetime_parameter(request.GET["since"]) if "since" in request.GET else None


def _read(request: HttpRequest, place: DocumentAddress, name: str) -> HttpResponse:
    found = documents.find_document(place, name)
    if found is None:
        return xapi_error("There is no such document.", status=404)
    etag = documents.document_etag(found)
    known = documents.parse_etags(request.headers.get("If-None-Match", ""))
    is_known = etag in known or "*" in known
    body = b"" if is_known else bytes(found.content)
    response = HttpResponse(body, content_type=found.content_type, status=304 if is_known else 200)
    response["ETag"] = etag
    response["Last-Modified"] = http_date(found.stored_at.timestamp())
    # Documents are untrusted input: none may run as a page of this site.
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _listed(place: DocumentAddress, since: datetime | None) -> HttpResponse:
    return JsonResponse(documents.list_document_names(place, since=since), safe=False)


def _conditions(request: HttpRequest) -> dict[str, str]:
    return {name: request.headers.get(name, "") for name in ("If-Match", "If-None-Match")}
