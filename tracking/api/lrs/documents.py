"""``activities/state``, ``activities/profile`` and ``agents/profile``: documents that content keeps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.http import http_date

from tracking.api.lrs import parameters
from tracking.api.lrs.door import door, refused
from tracking.capture.records import agents, documents
from tracking.capture.records.documents import Content, DocumentRefused, Place
from tracking.capture.records.statements import Teller
from tracking.capture.records.units import Units
from tracking.models import DocumentKind
from tracking.models.keys import KEY_LENGTH

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


@door
def state(request: HttpRequest, teller: Teller) -> HttpResponse:
    """Keep where an agent left an activity."""
    return _documents(request, teller, DocumentKind.STATE)


@door
def activity_profile(request: HttpRequest, teller: Teller) -> HttpResponse:
    """Keep what is true of an activity for everybody."""
    return _documents(request, teller, DocumentKind.ACTIVITY)


@door
def agent_profile(request: HttpRequest, teller: Teller) -> HttpResponse:
    """Keep what is true of an agent everywhere."""
    return _documents(request, teller, DocumentKind.AGENT)


def _documents(request: HttpRequest, teller: Teller, kind: DocumentKind) -> HttpResponse:
    parameters.allow(request, KNOWN[kind])
    place, since = _place(request, teller, kind), _since(request)
    name = request.GET.get(NAMES[kind], "")
    if len(name) > KEY_LENGTH:
        raise DocumentRefused(f"{NAMES[kind]} has {KEY_LENGTH} letters at most.")
    if request.method in ("GET", "HEAD"):
        return _read(request, place, name) if name else _listed(place, since)
    if request.method == "DELETE" and (name or kind is DocumentKind.STATE):
        documents.drop(place, name, conditions=_conditions(request), since=since)
        return HttpResponse(status=204)
    if request.method in ("PUT", "POST") and name:
        documents.keep(
            place,
            name,
            Content(
                body=request.body,
                content_type=request.headers.get("Content-Type", "application/octet-stream"),
            ),
            merges=request.method == "POST",
            conditions=_conditions(request),
            now=timezone.now(),
        )
        return HttpResponse(status=204)
    if request.method in ("PUT", "POST", "DELETE"):
        raise DocumentRefused(f"{NAMES[kind]} says which document.")
    return refused("Documents are read by GET and kept by PUT and POST.", status=405)


def _place(request: HttpRequest, teller: Teller, kind: DocumentKind) -> Place:
    activity = "" if kind is DocumentKind.AGENT else parameters.iri(request.GET.get("activityId", ""))
    given = request.GET.get("registration")
    registration = "" if given is None else str(parameters.uuid(given))
    if kind is DocumentKind.ACTIVITY:
        if teller.learner_id is not None and request.method not in ("GET", "HEAD"):
            raise DocumentRefused("What is true for everybody is not a learner's to say.", status=403)
        return Place(kind=kind, activity=activity)
    agent = parameters.agent(request.GET.get("agent", ""))
    learner_id = agents.find_learner(agent)
    if learner_id is None or teller.learner_id not in (None, learner_id):
        raise DocumentRefused("The agent is nobody here, or not who may be spoken for.", status=403)
    if kind is DocumentKind.AGENT:
        return Place(kind=kind, agent_key=agents.key_of(agent), learner_id=learner_id)
    return Place(
        kind=kind,
        activity=activity,
        agent_key=agents.key_of(agent),
        registration=registration,
        learner_id=learner_id,
        course_key=Units(teller.unit).course_of_activity(activity, "", learner_id, registration),
    )


def _since(request: HttpRequest) -> datetime | None:
    return parameters.moment(request.GET["since"]) if "since" in request.GET else None


def _read(request: HttpRequest, place: Place, name: str) -> HttpResponse:
    found = documents.find(place, name)
    if found is None:
        return refused("There is no such document.", status=404)
    etag = documents.etag_of(found)
    known = documents.etags_in(request.headers.get("If-None-Match", ""))
    is_known = etag in known or "*" in known
    body = b"" if is_known else bytes(found.content)
    response = HttpResponse(body, content_type=found.content_type, status=304 if is_known else 200)
    response["ETag"] = etag
    response["Last-Modified"] = http_date(found.stored_at.timestamp())
    # Content is anybody's: nothing of it may run as a page of this site.
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _listed(place: Place, since: datetime | None) -> HttpResponse:
    return JsonResponse(documents.names_in(place, since=since), safe=False)


def _conditions(request: HttpRequest) -> dict[str, str]:
    return {name: request.headers.get(name, "") for name in ("If-Match", "If-None-Match")}
