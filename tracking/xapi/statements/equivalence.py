"""Whether two statements with one id are equivalent: what a store may add is ignored (Data 2.3.1)."""

from __future__ import annotations

from typing import Any

import msgspec

ASSIGNED = ("stored", "authority", "timestamp", "version", "attachments")
"""The members that a store may set, and the attachments, which come next to a statement."""


def is_same_statement(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Return whether two statements say the same, however they word their verb and activities and order a group."""
    return _essence(_without(one, *ASSIGNED)) == _essence(_without(other, *ASSIGNED))


def _essence(statement: dict[str, Any]) -> dict[str, Any]:
    thing = statement["object"]
    is_inner = thing.get("objectType") == "SubStatement"
    made = {
        **statement,
        "actor": _thing(statement["actor"]),
        "verb": _without(statement["verb"], "display"),
        "object": _essence(thing) if is_inner else _thing(thing),
    }
    if "context" in statement:
        made["context"] = _context(statement["context"])
    return made


def _context(context: dict[str, Any]) -> dict[str, Any]:
    made = {
        name: _thing(value) if name in ("instructor", "team") else value for name, value in context.items()
    }
    if "contextActivities" in context:
        groups = context["contextActivities"].items()
        made["contextActivities"] = {name: [_thing(each) for each in group] for name, group in groups}
    return made


def _thing(thing: dict[str, Any]) -> dict[str, Any]:
    """Return an activity without its definition, and a group with its members in one order."""
    made = _without(thing, "definition")
    if "member" in thing:
        made["member"] = sorted(thing["member"], key=lambda each: msgspec.json.encode(each, order="sorted"))
    return made


def _without(value: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: part for name, part in value.items() if name not in names}
