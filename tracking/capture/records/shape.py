"""What a statement must be (xAPI 1.0.3, Data 2): the rules whose breach would leave nothing to record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime

from tracking.capture.records import agents
from tracking.models.lrs import NAME_LENGTH

KNOWN = frozenset(
    [
        "id",
        "actor",
        "verb",
        "object",
        "result",
        "context",
        "timestamp",
        "stored",
        "authority",
        "version",
        "attachments",
    ]
)
IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
DURATION = re.compile(r"P(?!$)(\d+(\.\d+)?W|(\d+Y)?(\d+M)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?)")


def is_iri(value: object) -> bool:
    """Return whether ``value`` is an address with a scheme, of a length that is kept."""
    return isinstance(value, str) and len(value) <= NAME_LENGTH and IRI.fullmatch(value) is not None


def as_uuid(value: object) -> UUID | None:
    """Return ``value`` as a UUID, ``None`` where it is none as xAPI writes it."""
    if not isinstance(value, str) or len(value) != 36:
        return None
    try:
        return UUID(value)
    except ValueError:
        return None


def faults(statement: Any) -> Iterator[str]:
    """Yield what is wrong with a statement."""
    if not isinstance(statement, dict):
        yield "A statement is an object."
        return
    if unknown := sorted(set(statement) - KNOWN):
        yield f"There is no property {unknown[0]!r}."
    if "id" in statement and as_uuid(statement["id"]) is None:
        yield "id is a UUID."
    yield from _of_actor(statement.get("actor"))
    verb = statement.get("verb")
    if not isinstance(verb, dict) or not is_iri(verb.get("id")):
        yield "verb.id is an IRI."
    yield from _of_object(statement.get("object"))
    yield from _of_result(statement.get("result", {}))
    yield from _of_context(statement.get("context", {}))
    for name in ("timestamp", "stored"):
        if name in statement and not _is_moment(statement[name]):
            yield f"{name} is a moment of ISO 8601."
    version = statement.get("version", "1.0.0")
    if not isinstance(version, str) or not re.fullmatch(r"(1\.0|2\.0)(\.\d+)?", version):
        yield "version is 1.0.x or 2.0.x."


def _of_actor(actor: Any) -> Iterator[str]:
    if not isinstance(actor, dict):
        yield "actor is an agent or a group."
        return
    given = [name for name in agents.IDENTIFIERS if name in actor]
    if len(given) > 1 or (not given and not (actor.get("objectType") == "Group" and actor.get("member"))):
        yield "An agent has one of mbox, mbox_sha1sum, openid and account."
    if "mbox" in actor and not re.fullmatch(r"mailto:[^\s@]+@[^\s@]+", str(actor["mbox"])):
        yield "mbox is mailto: and an address."
    account = actor.get("account", {"homePage": "a:b", "name": "a"})
    if (
        not isinstance(account, dict)
        or not is_iri(account.get("homePage"))
        or not _is_text(account.get("name"))
    ):
        yield "An account has a homePage and a name."
    if len(agents.key_of(actor)) > NAME_LENGTH:
        yield "The actor is too long to be kept."


def _of_object(thing: Any) -> Iterator[str]:
    if not isinstance(thing, dict):
        yield "object is an activity, an agent or a statement."
        return
    kind = thing.get("objectType", "Activity")
    if kind == "Activity" and not is_iri(thing.get("id")):
        yield "object.id is an IRI."
    elif kind == "StatementRef" and as_uuid(thing.get("id")) is None:
        yield "object.id is the UUID of a statement."
    elif kind not in ("Activity", "StatementRef", "Agent", "Group", "SubStatement"):
        yield f"There is no object of type {kind!r}."


def _of_result(result: Any) -> Iterator[str]:
    if not isinstance(result, dict):
        yield "result is an object."
        return
    for name in ("success", "completion"):
        if name in result and not isinstance(result[name], bool):
            yield f"result.{name} is true or false."
    if "duration" in result and not DURATION.fullmatch(str(result["duration"])):
        yield "result.duration is a duration of ISO 8601."
    score = result.get("score", {})
    numbers = score.values() if isinstance(score, dict) else [None]
    if not all(isinstance(each, int | float) and not isinstance(each, bool) for each in numbers):
        yield "result.score holds numbers."
    elif "scaled" in score and not -1 <= score["scaled"] <= 1:
        yield "result.score.scaled is from -1 to 1."


def _of_context(context: Any) -> Iterator[str]:
    if not isinstance(context, dict):
        yield "context is an object."
        return
    if "registration" in context and as_uuid(context["registration"]) is None:
        yield "context.registration is a UUID."
    groups = context.get("contextActivities", {})
    if not isinstance(groups, dict) or set(groups) - {"parent", "grouping", "category", "other"}:
        yield "contextActivities are parent, grouping, category and other."


def _is_moment(value: object) -> bool:
    try:
        return isinstance(value, str) and parse_datetime(value) is not None and not value.endswith("-00:00")
    except ValueError:
        return False


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)
