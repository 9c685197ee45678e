"""xAPI statements about what is recorded: one thing that happened has one statement, whose id never changes.

The rules are those of xAPI 1.0.3 and IEEE 9274.1.1 (xAPI 2.0), which ask for the same statements with another version.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from django.conf import settings

from tracking import events
from tracking.events import MEDIA_PLAYED, PAGE_PROGRESS, UNIT_COMPLETED, EventSource, LearnerId
from tracking.exports import stable_ids
from tracking.lms.values import UnitRef
from tracking.models import Answer, Attempt, Event, OutlineUnit
from tracking.xapi import conf, identifiers
from tracking.xapi import vocabulary as words
from tracking.xapi.catalogue import Catalogue

logger = logging.getLogger("tracking.xapi")

Statement = dict[str, Any]
"""JSON as it is sent."""

VERSIONS: Mapping[str, str] = {"1.0.3": "1.0.0", "2.0.0": "2.0.0"}
"""What a statement says of its version, by the version that is spoken: 1.0.3 asks for 1.0.0 (Data, 4.1.10)."""


def statement_of_event(event: Event, catalogue: Catalogue) -> Statement | None:
    """Return the statement about an event, ``None`` if it says nothing about learning, or cannot be read."""
    if not words.is_sent(event.kind) or not is_readable(event):
        return None
    unit = catalogue.unit(event.course_key, event.unit_key)
    statement = _statement(
        str(event.id),
        learner_id=event.learner_id,
        verb=words.kind_verb(event.kind),
        at=event.happened_at,
        context=_event_context(event, unit, catalogue),
    )
    result = _result(event)
    return statement | {"object": _object(unit, event, catalogue)} | ({"result": result} if result else {})


def is_readable(event: Event) -> bool:
    """Return whether the payload is one of its kind. One that is not is logged: it must not stop those after it."""
    kind = events.find_kind(event.kind)
    try:
        msgspec.convert(event.payload, kind.payload if kind else dict)
    except msgspec.ValidationError:
        logger.warning("Event %s is left out: its payload is none of %r.", event.pk, event.kind)
        return False
    return True


def statements_of_attempt(
    attempt: Attempt, answers: Iterable[Answer], catalogue: Catalogue
) -> list[Statement]:
    """Return the statements about an attempt: that it began, how it ended, and each graded answer.

    A correction by the host is a statement of its own: a statement that was sent never changes.
    """
    unit = catalogue.unit(attempt.course_key, attempt.unit_key)
    quiz = unit_activity(unit, catalogue)
    statements: list[Statement] = []

    def add(verb: str, at: datetime, subject: Statement, result: Statement, *, key: object = "") -> None:
        own_id = stable_ids.stable_uuid(
            *_source(attempt), verb, key, at.isoformat(), sorted(result.items(), key=str)
        )
        context = _context(unit, catalogue, is_part=subject is not quiz)
        context["registration"] = stable_ids.stable_uuid(*_source(attempt))
        statement = _statement(own_id, learner_id=attempt.learner_id, verb=verb, at=at, context=context)
        statement |= {"object": subject} | ({"result": result} if result else {})
        statements.append(statement)

    add(words.ATTEMPTED, attempt.started_at, quiz, {})
    if attempt.submitted_at is not None:
        for answer in answers:
            if answer.is_correct is not None or answer.points is not None:
                question = _question(quiz["id"], answer.question_key)
                result = _answer_result(answer)
                add(words.ANSWERED, attempt.submitted_at, question, result, key=answer.question_key)
        if attempt.share is not None or attempt.is_passed is not None:
            # A grade that is corrected back needs a new id: the store already has a statement with the old one.
            occasion = attempt.received_at.isoformat()
            add(_outcome_verb(attempt), attempt.submitted_at, quiz, _attempt_result(attempt), key=occasion)
    return statements


def statement_of_completion(
    own_id: str, *, learner_id: LearnerId, unit: UnitRef, at: datetime, catalogue: Catalogue
) -> Statement:
    """Return the statement that a module, or without a unit the course, is completed: all that it requires is."""
    found = catalogue.unit(unit.course_key, unit.unit_key)
    context = _context(found, catalogue, is_part=False)
    statement = _statement(own_id, learner_id=learner_id, verb=words.COMPLETED, at=at, context=context)
    return statement | {"object": unit_activity(found, catalogue), "result": {"completion": True}}


def learner_actor(learner_id: LearnerId) -> Statement:
    """Return the learner as an agent: a key on this site, neither a name nor an address."""
    return {"objectType": "Agent", "account": {"homePage": identifiers.site_iri(), "name": str(learner_id)}}


def unit_activity(unit: OutlineUnit, catalogue: Catalogue) -> Statement:
    """Return a unit as an activity; the course where there is no unit."""
    if not unit.unit_key:
        return _activity(
            identifiers.course_iri(unit.course_key),
            words.COURSE_TYPE,
            catalogue.title(unit.course_key),
            url="",
        )
    ref = UnitRef(course_key=unit.course_key, unit_key=unit.unit_key)
    return _activity(identifiers.unit_iri(ref), words.TYPES[unit.kind], unit.title, url=unit.url)


def _statement(
    own_id: str, *, learner_id: LearnerId, verb: str, at: datetime, context: Statement
) -> Statement:
    return {
        "id": own_id,
        "version": VERSIONS[conf.get_settings().VERSION],
        "timestamp": _moment(at),
        "actor": learner_actor(learner_id),
        "verb": {"id": verb, "display": {"en-US": words.verb_display(verb)}},
        "context": context,
    }


def _activity(name: str, kind: str, title: str, *, url: str) -> Statement:
    definition: Statement = {"type": kind}
    if title:
        definition["name"] = {settings.LANGUAGE_CODE: title}
    if url:
        definition["moreInfo"] = identifiers.absolute_url(url)
    return {"objectType": "Activity", "id": name, "definition": definition}


def _context(unit: OutlineUnit, catalogue: Catalogue, *, is_part: bool) -> Statement:
    """Return where it happened: the part's parent is the unit, the unit's its module, and all are grouped by course."""
    course: Statement = {"objectType": "Activity", "id": identifiers.course_iri(unit.course_key)}
    course["definition"] = {"type": words.COURSE_TYPE}
    groups: Statement = {"grouping": [course]}
    if is_part:
        groups["parent"] = [unit_activity(unit, catalogue)]
    elif unit.parent_key:
        groups["parent"] = [unit_activity(catalogue.unit(unit.course_key, unit.parent_key), catalogue)]
    return {"platform": identifiers.site_iri(), "contextActivities": groups}


def _event_context(event: Event, unit: OutlineUnit, catalogue: Catalogue) -> Statement:
    context = _context(unit, catalogue, is_part=_part(event) is not None)
    if event.kind == MEDIA_PLAYED:
        context["contextActivities"]["category"] = [words.VIDEO_PROFILE]
    extensions: Statement = {}
    if event.view_id is not None:
        extensions[words.VIDEO_SESSION if event.kind == MEDIA_PLAYED else words.SESSION] = str(event.view_id)
    if event.source == EventSource.SIMULATED:
        extensions[f"{identifiers.site_iri()}/xapi/extensions/simulated"] = True
    return context | ({"extensions": extensions} if extensions else {})


def _object(unit: OutlineUnit, event: Event, catalogue: Catalogue) -> Statement:
    whole = unit_activity(unit, catalogue)
    part = _part(event)
    if part is None:
        return whole
    kind, name = part
    return _activity(identifiers.unit_part_iri(whole["id"], kind, name), words.PART_TYPES[kind], name, url="")


def _part(event: Event) -> tuple[str, str] | None:
    """Return the kind and name of the part of a unit that an event is about."""
    name = event.payload.get("name")
    if not name or event.kind not in words.KINDS:
        return None
    if event.kind == MEDIA_PLAYED:
        return "videos", name
    if event.kind.startswith("form."):
        return "quizzes" if event.payload.get("is_quiz") else "forms", name
    return "features", name


def _result(event: Event) -> Statement:
    payload = event.payload
    if event.kind == UNIT_COMPLETED:
        return {"completion": True}
    if event.kind == PAGE_PROGRESS:
        extensions = {
            f"{identifiers.site_iri()}/xapi/extensions/{name}": payload[name] / 1000
            for name in ("elapsed", "visible", "media")
            if payload.get(name)
        }
        progress = {f"{words.VIDEO}/extensions/progress": payload.get("scroll", 0) / 100}
        return {"duration": _duration(payload.get("active", 0)), "extensions": extensions | progress}
    if event.kind == MEDIA_PLAYED:
        parts = [(start / 1000, end / 1000) for start, end in payload["spans"]]
        segments = "[,]".join(f"{start:g}[.]{end:g}" for start, end in parts)
        return {
            "extensions": {
                f"{words.VIDEO}/extensions/time": parts[-1][1],
                f"{words.VIDEO}/extensions/played-segments": segments,
            }
        }
    if payload.get("count", 1) > 1:
        return {"extensions": {f"{identifiers.site_iri()}/xapi/extensions/count": payload["count"]}}
    return {}


def _outcome_verb(attempt: Attempt) -> str:
    if attempt.is_passed is None:
        return words.SCORED
    return words.PASSED if attempt.is_passed else words.FAILED


def _attempt_result(attempt: Attempt) -> Statement:
    result: Statement = {"completion": True}
    if attempt.is_passed is not None:
        result["success"] = attempt.is_passed
    score = _score(attempt.score, attempt.max_score)
    if score:
        result["score"] = score
    if attempt.submitted_at is not None and attempt.submitted_at > attempt.started_at:
        result["duration"] = _duration(
            (attempt.submitted_at - attempt.started_at) // timedelta(milliseconds=1)
        )
    return result


def _answer_result(answer: Answer) -> Statement:
    result: Statement = {}
    if answer.is_correct is not None:
        result["success"] = answer.is_correct
    score = _score(answer.points, answer.max_points)
    if score:
        result["score"] = score
    if answer.chosen:
        result["response"] = "[,]".join(map(str, answer.chosen))
    return result


def _score(score: float | None, max_score: float | None) -> Statement:
    """Return a score within its bounds: xAPI refuses one above its maximum, which some platforms give as a bonus."""
    if score is None or not max_score:
        return {}
    bounded = min(max(score, 0.0), max_score)
    return {"scaled": bounded / max_score, "raw": bounded, "min": 0.0, "max": max_score}


def _question(quiz_name: str, key: str) -> Statement:
    return _activity(identifiers.unit_part_iri(quiz_name, "questions", key), words.QUESTION_TYPE, key, url="")


def _source(attempt: Attempt) -> tuple[object, ...]:
    return attempt.source_label, attempt.source_key, attempt.learner_id


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _duration(milliseconds: int) -> str:
    return f"PT{milliseconds / 1000:.3f}".rstrip("0").rstrip(".") + "S"
