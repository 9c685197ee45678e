"""What a statement must be (xAPI 1.0.3, Data 2), member by member; those of 2.0 may be besides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tracking.capture.records import agent_rules, shape
from tracking.capture.records.shape import a, both, each, members

VOIDED = "http://adlnet.gov/expapi/verbs/voided"
INTERACTIONS = (
    *("true-false", "choice", "fill-in", "long-fill-in", "matching", "performance", "sequencing", "likert"),
    *("numeric", "other"),
)
VERSION = re.compile(r"(1\.0|2\.0)(\.\d+)?")
CONTEXT_ACTIVITIES = ("parent", "grouping", "category", "other")


def faults(statement: Any) -> Iterator[str]:
    """Yield what is wrong with a statement."""
    yield from _statement(statement, "")


def _unique(components: Any, way: str) -> Iterator[str]:
    if len({each["id"] for each in components}) < len(components):
        yield f"{way} has two of one id."


_components = both(
    each(members({"id": shape.text, "description": shape.language_map}, needed=("id",))), _unique
)
_definition = members(
    {
        "name": shape.language_map,
        "description": shape.language_map,
        "type": shape.iri,
        "moreInfo": shape.iri,
        "extensions": shape.extensions,
        "interactionType": shape.one_of(*INTERACTIONS),
        "correctResponsesPattern": each(shape.text),
        **dict.fromkeys(("choices", "scale", "source", "target", "steps"), _components),
    }
)


def _of_interaction(activity: Any, way: str) -> Iterator[str]:
    definition = activity.get("definition", {})
    parts = {"correctResponsesPattern", "choices", "scale", "source", "target", "steps"} & set(definition)
    if parts and "interactionType" not in definition:
        yield f"{way}.definition has {min(parts)} and no interactionType."


activity = both(
    members(
        {"objectType": shape.one_of("Activity"), "id": shape.iri, "definition": _definition}, needed=("id",)
    ),
    _of_interaction,
)
reference = members(
    {"objectType": shape.one_of("StatementRef"), "id": shape.uuid}, needed=("objectType", "id")
)


def _of_score(score: Any, way: str) -> Iterator[str]:
    least, most = score.get("min", float("-inf")), score.get("max", float("inf"))
    if not -1 <= score.get("scaled", 0) <= 1:
        yield f"{way}.scaled is from -1 to 1."
    if least > most:  # H5P tells of 0 of 0.
        yield f"{way}.min is not above its max."
    if "raw" in score and not least <= score["raw"] <= most:
        yield f"{way}.raw is from its min to its max."


_result = members(
    {
        "score": both(
            members(dict.fromkeys(("scaled", "raw", "min", "max"), shape.number)),
            _of_score,
        ),
        "success": shape.truth,
        "completion": shape.truth,
        "response": shape.text,
        "duration": shape.duration,
        "extensions": shape.extensions,
    }
)


def _some_activities(value: Any, way: str) -> Iterator[str]:
    yield from each(activity)(value if isinstance(value, list) else [value], way)


_context_activities = both(
    members(dict.fromkeys(CONTEXT_ACTIVITIES, _some_activities)),
    a("not empty", bool),
)
_anything = each(a("an object", lambda value: isinstance(value, dict)))
_context = members(
    {
        "registration": shape.uuid,
        "instructor": agent_rules.actor,
        "team": agent_rules.group,
        "contextActivities": _context_activities,
        "contextAgents": _anything,
        "contextGroups": _anything,
        "revision": shape.text,
        "platform": shape.text,
        "language": shape.language,
        "statement": reference,
        "extensions": shape.extensions,
    }
)
_attachments = each(
    members(
        {
            "usageType": shape.iri,
            "display": shape.language_map,
            "description": shape.language_map,
            "contentType": shape.media_type,
            "length": shape.whole,
            "sha2": shape.sha2,
            "fileUrl": shape.iri,
        },
        needed=("usageType", "display", "contentType", "length", "sha2"),
    )
)


def _object(value: Any, way: str) -> Iterator[str]:
    kind = value.get("objectType", "Activity") if isinstance(value, dict) else "Activity"
    check = {
        "Activity": activity,
        "Agent": agent_rules.agent,
        "Group": agent_rules.group,
        "StatementRef": reference,
        "SubStatement": _sub_statement,
    }.get(kind if isinstance(kind, str) else "")
    if check is None:
        yield f"There is no {way} of type {kind!r}."
    else:
        yield from check(value, way)


def _of_context(statement: Any, way: str) -> Iterator[str]:
    context, thing = statement.get("context", {}), statement["object"]
    given = {"revision", "platform"} & set(context)
    if given and thing.get("objectType", "Activity") != "Activity":
        yield f"context.{min(given)} goes with an activity alone."


def _of_voiding(statement: Any, way: str) -> Iterator[str]:
    if statement["verb"]["id"] == VOIDED and statement["object"].get("objectType") != "StatementRef":
        yield "What is voided is named by a StatementRef."


_PARTS: dict[str, shape.Check] = {
    "actor": agent_rules.actor,
    "verb": members({"id": shape.iri, "display": shape.language_map}, needed=("id",)),
    "object": _object,
    "result": _result,
    "context": _context,
    "timestamp": shape.moment,
    "attachments": _attachments,
}
NEEDED = ("actor", "verb", "object")

_statement = both(
    members(
        {
            **_PARTS,
            "id": shape.uuid,
            "stored": shape.moment,
            "authority": agent_rules.authority,
            "version": a(
                "1.0.x or 2.0.x", lambda value: isinstance(value, str) and bool(VERSION.fullmatch(value))
            ),
        },
        needed=NEEDED,
    ),
    _of_context,
    _of_voiding,
)


def _inner_object(value: Any, way: str) -> Iterator[str]:
    if isinstance(value, dict) and value.get("objectType") == "SubStatement":
        yield f"{way} is within a sub-statement, and none itself."
    else:
        yield from _object(value, way)


_sub_statement = both(
    members({**_PARTS, "object": _inner_object, "objectType": shape.one_of("SubStatement")}, needed=NEEDED),
    _of_context,
)
