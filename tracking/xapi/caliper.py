"""Caliper 1.2 (1EdTech): the content of the xAPI statements, as events in an envelope."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tracking.events import UNIT_COMPLETED, LearnerId
from tracking.exports import stable_ids
from tracking.lms.values import UnitRef
from tracking.models import Attempt, Event
from tracking.xapi import export, identifiers, vocabulary
from tracking.xapi.catalogue import Catalogue

CONTEXT = "http://purl.imsglobal.org/ctx/caliper/v1p2"

Entity = dict[str, Any]
"""JSON as it is sent."""


def caliper_envelope(sent: Sequence[Entity], *, sent_at: datetime) -> Entity:
    """Return the envelope in which events are sent."""
    return {
        "sensor": identifiers.site_iri(),
        "sendTime": _moment(sent_at),
        "dataVersion": CONTEXT,
        "data": list(sent),
    }


def caliper_event_of_event(event: Event, catalogue: Catalogue) -> list[Entity]:
    """Return the Caliper event about ours; none where Caliper has no action for it."""
    known = vocabulary.KINDS.get(event.kind)
    if known is None or not known.caliper or not export.is_readable(event):
        return []
    unit = _unit(event.course_key, event.unit_key, catalogue)
    sent = {"type": known.caliper, **_BODIES[known.caliper](event, unit)}
    return [_event(f"urn:uuid:{event.id}", event.learner_id, event.happened_at, event.course_key, sent)]


def caliper_events_of_attempt(attempt: Attempt, catalogue: Catalogue) -> list[Entity]:
    """Return that an attempt began, was submitted, and was graded, as far as it has come."""
    quiz = _unit(attempt.course_key, attempt.unit_key, catalogue)
    source = (attempt.source_label, attempt.source_key, attempt.learner_id)
    tried: Entity = {
        "id": f"urn:uuid:{stable_ids.stable_uuid(*source)}",
        "type": "Attempt",
        "assignee": {"id": identifiers.learner_iri(attempt.learner_id), "type": "Person"},
        "assignable": quiz["id"],
        "startedAtTime": _moment(attempt.started_at),
    }
    sent: list[Entity] = []

    def add(action: str, at: datetime, what: Entity, *, of: tuple[object, ...] = ()) -> None:
        own_id = stable_ids.stable_uuid("caliper", *source, action, *of, at.isoformat())
        sent.append(_event(f"urn:uuid:{own_id}", attempt.learner_id, at, attempt.course_key, what))

    profile = {"type": "AssessmentEvent", "profile": "AssessmentProfile", "object": quiz, "generated": tried}
    add("Started", attempt.started_at, profile | {"action": "Started"})
    if attempt.submitted_at is None:
        return sent
    ended = tried | {"endedAtTime": _moment(attempt.submitted_at)}
    add("Submitted", attempt.submitted_at, profile | {"action": "Submitted", "generated": ended})
    if attempt.score is not None and attempt.max_score:
        score: Entity = {
            "id": f"urn:uuid:{stable_ids.stable_uuid('score', *source, attempt.score, attempt.max_score)}",
            "type": "Score",
            "attempt": ended["id"],
            "scoreGiven": attempt.score,
            "maxScore": attempt.max_score,
            "scoredBy": {"id": identifiers.site_iri(), "type": "SoftwareApplication"},
        }
        graded = {"type": "GradeEvent", "profile": "GradingProfile", "action": "Graded", "object": ended}
        graded |= {"generated": score, "actor": {"id": identifiers.site_iri(), "type": "SoftwareApplication"}}
        # A corrected grade is another event: the id depends on the score, so sending an old grade again repeats its id.
        add("Graded", attempt.submitted_at, graded, of=(attempt.score, attempt.max_score))
    return sent


def _event(own_id: str, learner_id: LearnerId, at: datetime, course_key: str, sent: Entity) -> Entity:
    return {
        "@context": CONTEXT,
        "id": own_id,
        "actor": {"id": identifiers.learner_iri(learner_id), "type": "Person"},
        "eventTime": _moment(at),
        "edApp": {"id": identifiers.site_iri(), "type": "SoftwareApplication"},
        "group": {"id": identifiers.course_iri(course_key), "type": "CourseSection"},
        **sent,
    }


def _viewed(event: Event, unit: Entity) -> Entity:
    return {"profile": "ReadingProfile", "action": "Viewed", "object": unit}


def _general(event: Event, unit: Entity) -> Entity:
    if event.kind == UNIT_COMPLETED:
        return {"profile": "GeneralProfile", "action": "Completed", "object": unit}
    name = identifiers.unit_part_iri(unit["id"], "features", event.payload["name"])
    part = {"id": name, "type": "DigitalResource", "name": event.payload["name"], "isPartOf": unit}
    return {"profile": "GeneralProfile", "action": "Used", "object": part}


def _media(event: Event, unit: Entity) -> Entity:
    name = identifiers.unit_part_iri(unit["id"], "videos", event.payload["name"])
    ended_at = event.payload["spans"][-1][1] / 1000
    place = {"id": f"{name}#t={ended_at:g}", "type": "MediaLocation", "currentTime": f"PT{ended_at:g}S"}
    return {
        "profile": "MediaProfile",
        "action": "Paused",
        "object": {"id": name, "type": "MediaObject", "name": event.payload["name"], "isPartOf": unit},
        "target": place,
    }


def _use(event: Event, unit: Entity) -> Entity:
    """Return how long the platform was used so far in a view: the last event of the view counts, not their sum."""
    elapsed, active = event.payload.get("elapsed", 0), event.payload.get("active", 0)
    measure = {
        "id": f"urn:uuid:{stable_ids.stable_uuid('measure', event.id)}",
        "type": "AggregateMeasure",
        "metric": "MinutesOnTask",
        "metricValue": round(active / 60_000, 3),
        "startedAtTime": _moment(event.happened_at - timedelta(milliseconds=elapsed)),
        "endedAtTime": _moment(event.happened_at),
    }
    measures = {
        "id": f"urn:uuid:{stable_ids.stable_uuid('measures', event.id)}",
        "type": "AggregateMeasureCollection",
        "items": [measure],
    }
    return {
        "profile": "ToolUseProfile",
        "action": "Used",
        "object": {"id": identifiers.site_iri(), "type": "SoftwareApplication"},
        "generated": measures,
        "extensions": {"unit": unit, "view": str(event.view_id or "")},
    }


_BODIES: Mapping[str, Callable[[Event, Entity], Entity]] = {
    "ViewEvent": _viewed,
    "Event": _general,
    "MediaEvent": _media,
    "ToolUseEvent": _use,
}
"""What an event of each type says."""


def _unit(course_key: str, unit_key: str, catalogue: Catalogue) -> Entity:
    if not unit_key:
        # A course that is looked at is a resource: a CourseSection is a group, which no one views.
        return {
            "id": identifiers.course_iri(course_key),
            "type": "DigitalResource",
            "name": catalogue.title(course_key),
        }
    unit = catalogue.unit(course_key, unit_key)
    name = identifiers.unit_iri(UnitRef(course_key=course_key, unit_key=unit_key))
    return {"id": name, "type": vocabulary.CALIPER_TYPES[unit.kind], "name": unit.title or unit_key}


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
