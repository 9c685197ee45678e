"""How statements are given back: as they came, by identifiers alone, or with texts in one language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation.trans_real import parse_accept_lang_header

from tracking.xapi.statements.agents import IDENTIFIERS

Statement = dict[str, Any]

MAPS = ("name", "description", "display")
"""Members that hold texts by language."""


def format_statement(statement: Statement, form: str, *, languages: str = "") -> Statement:
    """Return a statement in the format ``ids``, ``canonical`` or ``exact``."""
    if form == "ids":
        return _by_ids(statement)
    if form == "canonical":
        wanted = [tag for tag, _ in parse_accept_lang_header(languages)]
        return {
            name: _in_one_language(part, wanted) if name in ("verb", "object", "context") else part
            for name, part in statement.items()
        }
    return statement


def _by_ids(statement: Statement) -> Statement:
    made = dict(statement)
    made["actor"] = _identified(statement["actor"])
    made["verb"] = {"id": statement["verb"]["id"]}
    made["object"] = _thing(statement["object"])
    if "context" in statement:
        made["context"] = _context(statement["context"])
    return made


def _thing(thing: Mapping[str, Any]) -> Statement:
    kind = thing.get("objectType", "Activity")
    if kind in ("Agent", "Group"):
        return _identified(thing)
    if kind == "SubStatement":
        return _by_ids(dict(thing))
    return {name: thing[name] for name in ("objectType", "id") if name in thing}


def _context(context: Mapping[str, Any]) -> Statement:
    made = dict(context)
    made |= {name: _identified(context[name]) for name in ("instructor", "team") if name in context}
    if "contextActivities" in context:
        made["contextActivities"] = {
            name: [_thing(each) for each in group] for name, group in context["contextActivities"].items()
        }
    return made


def _identified(agent: Mapping[str, Any]) -> Statement:
    kept = {name: agent[name] for name in ("objectType", *IDENTIFIERS) if name in agent}
    if not set(IDENTIFIERS) & set(agent):
        kept["member"] = [_identified(each) for each in agent.get("member", ())]
    return kept


def _in_one_language(part: Any, wanted: Sequence[str]) -> Any:
    if isinstance(part, list):
        return [_in_one_language(each, wanted) for each in part]
    if not isinstance(part, dict):
        return part
    return {
        name: _chosen(value, wanted)
        if name in MAPS and isinstance(value, dict)
        else value
        if name == "extensions"
        else _in_one_language(value, wanted)
        for name, value in part.items()
    }


def _chosen(texts: Mapping[str, str], wanted: Sequence[str]) -> Mapping[str, str]:
    for tag in wanted:
        for name, text in texts.items():
            if name.lower() == tag or name.lower().startswith(f"{tag}-"):
                return {name: text}
    return dict(list(texts.items())[:1])
