"""``activities/state``, ``activities/profile`` and ``agents/profile``, ``about`` and what else content looks at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import http_date

from tracking.api.lrs.door import door, refused
from tracking.capture.records import agents, documents, shape
from tracking.capture.records.documents import Content, DocumentRefused, Place
from tracking.capture.records.statements import Teller
from tracking.capture.records.units import Units
from tracking.models import DocumentKind
from tracking.models.keys import KEY_LENGTH
from tracking.models.lrs import NAME_LENGTH

NAMES: Mapping[DocumentKind, str] = {
    DocumentKind.STATE: "stateId",
    DocumentKind.ACTIVITY: "profileId",
    DocumentKind.AGENT: "profileId",
}
VERSIONS = ["1.0.0", "1.0.1", "1.0.2", "1.0.3", "2.0.0"]


def about(request: HttpRequest) -> HttpResponse:
    """Say which versions are spoken; to anybody."""
    response = JsonResponse({"version": VERSIONS})
    response["X-Experience-API-Version"] = "1.0.3"
    return response


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


@door
def activities(request: HttpRequest, teller: Teller) -> HttpResponse:
    """Say what is known of an activity: its name."""
    name = request.GET.get("activityId", "")
    if not shape.is_iri(name):
        raise DocumentRefused("activityId is an IRI.")
    return JsonResponse({"objectType": "Activity", "id": name})


@door
def people(request: HttpRequest, teller: Teller) -> HttpResponse:
    """Say what is known of an agent: what was asked with."""
    agent, _ = _agent(request, teller)
    listed = {name: [agent[name]] for name in agents.IDENTIFIERS if name in agent}
    return JsonResponse({"objectType": "Person", **listed})


def _documents(request: HttpRequest, teller: Teller, kind: DocumentKind) -> HttpResponse:
    place = _place(request, teller, kind)
    name = request.GET.get(NAMES[kind], "")
    if len(name) > KEY_LENGTH:
        raise DocumentRefused(f"{NAMES[kind]} has {KEY_LENGTH} letters at most.")
    if request.method in ("GET", "HEAD"):
        return _read(request, place, name) if name else _listed(request, place)
    if request.method == "DELETE" and (name or kind is DocumentKind.STATE):
        documents.drop(place, name, conditions=_conditions(request))
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
    activity = request.GET.get("activityId", "")
    registration = request.GET.get("registration", "")
    if kind is not DocumentKind.AGENT and not shape.is_iri(activity):
        raise DocumentRefused("activityId is an IRI.")
    if registration and shape.as_uuid(registration) is None:
        raise DocumentRefused("registration is a UUID.")
    if kind is DocumentKind.ACTIVITY:
        if teller.learner_id is not None and request.method not in ("GET", "HEAD"):
            raise DocumentRefused("What is true for everybody is not a learner's to say.", status=403)
        return Place(kind=kind, activity=activity)
    agent, learner_id = _agent(request, teller)
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


def _agent(request: HttpRequest, teller: Teller) -> tuple[dict[str, Any], Any]:
    try:
        agent = json.loads(request.GET.get("agent", ""))
    except ValueError as error:
        raise DocumentRefused("agent is JSON.") from error
    key = agents.key_of(agent)
    if not isinstance(agent, dict) or not key or len(key) > NAME_LENGTH:
        raise DocumentRefused("An agent has one of mbox, mbox_sha1sum, openid and account.")
    learner_id = agents.find_learner(agent)
    if learner_id is None or teller.learner_id not in (None, learner_id):
        raise DocumentRefused("The agent is nobody here, or not who may be spoken for.", status=403)
    return agent, learner_id


def _read(request: HttpRequest, place: Place, name: str) -> HttpResponse:
    found = documents.find(place, name)
    if found is None:
        return refused("There is no such document.", status=404)
    response = HttpResponse(bytes(found.content), content_type=found.content_type)
    response["ETag"] = documents.etag_of(found)
    response["Last-Modified"] = http_date(found.stored_at.timestamp())
    # Content is anybody's: nothing of it may run as a page of this site.
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _listed(request: HttpRequest, place: Place) -> HttpResponse:
    try:
        text = request.GET.get("since")
        since = parse_datetime(text) if text else None
    except ValueError as error:
        raise DocumentRefused("since is a moment of ISO 8601.") from error
    return JsonResponse(documents.names_in(place, since=since), safe=False)


def _conditions(request: HttpRequest) -> dict[str, str]:
    return {name: request.headers.get(name, "") for name in ("If-Match", "If-None-Match")}
