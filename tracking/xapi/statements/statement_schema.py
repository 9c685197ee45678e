"""What a statement must be (xAPI 1.0.3, Data 2), member by member; those of 2.0 may be besides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tracking.xapi.statements import agent_schema, shapes
from tracking.xapi.statements.shapes import check_each, check_in_turn, check_is, check_members

VOIDED = "http://adlnet.gov/expapi/verbs/voided"
INTERACTIONS = (
    *("true-false", "choice", "fill-in", "long-fill-in", "matching", "performance", "sequencing", "likert"),
    *("numeric", "other"),
)
VERSION = re.compile(r"(1\.0|2\.0)(\.\d+)?")
CONTEXT_ACTIVITIES = ("parent", "grouping", "category", "other")


def statement_faults(statement: Any) -> Iterator[str]:
    """Yield what is wrong with a statement."""
    yield from _statement(statement, "")


def _unique(components: Any, way: str) -> Iterator[str]:
    if len({each["id"] for each in components}) < len(components):
        yield f"{way} has two entries with the same id."


_components = check_in_turn(
    check_each(check_members({"id": shapes.text, "description": shapes.check_language_map}, needed=("id",))),
    _unique,
)
_definition = check_members(
    {
        "name": shapes.check_language_map,
        "description": shapes.check_language_map,
        "type": shapes.iri,
        "moreInfo": shapes.iri,
        "extensions": shapes.check_extensions,
        "interactionType": shapes.check_one_of(*INTERACTIONS),
        "correctResponsesPattern": check_each(shapes.text),
        **dict.fromkeys(("choices", "scale", "source", "target", "steps"), _components),
    }
)


def _of_interaction(activity: Any, way: str) -> Iterator[str]:
    definition = activity.get("definition", {})
    parts = {"correctResponsesPattern", "choices", "scale", "source", "target", "steps"} & set(definition)
    if parts and "interactionType" not in definition:
        yield f"{way}.definition has {min(parts)} but no interactionType."


activity = check_in_turn(
    check_members(
        {"objectType": shapes.check_one_of("Activity"), "id": shapes.iri, "definition": _definition},
        needed=("id",),
    ),
    _of_interaction,
)
reference = check_members(
    {"objectType": shapes.check_one_of("StatementRef"), "id": shapes.uuid}, needed=("objectType", "id")
)


def _of_score(score: Any, way: str) -> Iterator[str]:
    least, most = score.get("min", float("-inf")), score.get("max", float("inf"))
    if not -1 <= score.get("scaled", 0) <= 1:
        yield f"{way}.scaled must be from -1 to 1."
    if least > most:  # H5P reports 0 of 0.
        yield f"{way}.min must not be above its max."
    if "raw" in score and not least <= score["raw"] <= most:
        yield f"{way}.raw must be from its min to its max."


_result = check_members(
    {
        "score": check_in_turn(
            check_members(dict.fromkeys(("scaled", "raw", "min", "max"), shapes.number)),
            _of_score,
        ),
        "success": shapes.truth,
        "completion": shapes.truth,
        "response": shapes.text,
        "duration": shapes.duration,
        "extensions": shapes.check_extensions,
    }
)


def _some_activities(value: Any, way: str) -> Iterator[str]:
    yield from check_each(activity)(value if isinstance(value, list) else [value], way)


_context_activities = check_in_turn(
    check_members(dict.fromkeys(CONTEXT_ACTIVITIES, _some_activities)),
    check_is("not empty", bool),
)
_anything = check_each(check_is("an object", lambda value: isinstance(value, dict)))
_context = check_members(
    {
        "registration": shapes.uuid,
        "instructor": agent_schema.check_actor,
        "team": agent_schema.group,
        "contextActivities": _context_activities,
        "contextAgents": _anything,
        "contextGroups": _anything,
        "revision": shapes.text,
        "platform": shapes.text,
        "language": shapes.language,
        "statement": reference,
        "extensions": shapes.check_extensions,
    }
)
_attachments = check_each(
    check_members(
        {
            "usageType": shapes.iri,
            "display": shapes.check_language_map,
            "description": shapes.check_language_map,
            "contentType": shapes.media_type,
            "length": shapes.whole,
            "sha2": shapes.sha2,
            "fileUrl": shapes.iri,
        },
        needed=("usageType", "display", "contentType", "length", "sha2"),
    )
)


def _object(value: Any, way: str) -> Iterator[str]:
    kind = value.get("objectType", "Activity") if isinstance(value, dict) else "Activity"
    check = {
        "Activity": activity,
        "Agent": agent_schema.agent,
        "Group": agent_schema.group,
        "StatementRef": reference,
        "SubStatement": _sub_statement,
    }.get(kind if isinstance(kind, str) else "")
    if check is None:
        yield f"{kind!r} is not an objectType of {way}."
    else:
        yield from check(value, way)


def _of_context(statement: Any, way: str) -> Iterator[str]:
    context, thing = statement.get("context", {}), statement["object"]
    given = {"revision", "platform"} & set(context)
    if given and thing.get("objectType", "Activity") != "Activity":
        yield f"context.{min(given)} is allowed only if the object is an activity."


def _of_voiding(statement: Any, way: str) -> Iterator[str]:
    if statement["verb"]["id"] == VOIDED and statement["object"].get("objectType") != "StatementRef":
        yield "The object of a voiding statement must be a StatementRef."


_PARTS: dict[str, shapes.Check] = {
    "actor": agent_schema.check_actor,
    "verb": check_members({"id": shapes.iri, "display": shapes.check_language_map}, needed=("id",)),
    "object": _object,
    "result": _result,
    "context": _context,
    "timestamp": shapes.moment,
    "attachments": _attachments,
}
NEEDED = ("actor", "verb", "object")

_statement = check_in_turn(
    check_members(
        {
            **_PARTS,
            "id": shapes.uuid,
            "stored": shapes.moment,
            "authority": agent_schema.check_authority,
            "version": check_is(
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
        yield f"{way} is in a sub-statement, so it must not be a sub-statement."
    else:
        yield from _object(value, way)


_sub_statement = check_in_turn(
    check_members(
        {**_PARTS, "object": _inner_object, "objectType": shapes.check_one_of("SubStatement")}, needed=NEEDED
    ),
    _of_context,
)
