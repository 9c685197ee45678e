"""What an agent and a group must be (xAPI 1.0.3, Data 2.4.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tracking.xapi.models import NAME_LENGTH
from tracking.xapi.statements import agents, shapes
from tracking.xapi.statements.shapes import check_each, check_in_turn, check_is, check_members

MBOX = re.compile(r"mailto:[^\s@]+@[^\s@]+")

_MEMBERS = {
    "name": shapes.text,
    "mbox": check_is(
        "mailto: and an address", lambda value: isinstance(value, str) and bool(MBOX.fullmatch(value))
    ),
    "mbox_sha1sum": check_is(
        "a SHA-1", lambda value: isinstance(value, str) and bool(re.fullmatch("[0-9a-fA-F]{40}", value))
    ),
    "openid": shapes.iri,
    "account": check_members(
        {
            "homePage": shapes.iri,
            "name": check_is("a non-empty string", lambda value: isinstance(value, str) and value != ""),
        },
        needed=("homePage", "name"),
    ),
}


def _of_agent(agent: Any, way: str) -> Iterator[str]:
    if len(set(agents.IDENTIFIERS) & set(agent)) != 1:
        yield f"{way} must be an agent with one of {', '.join(agents.IDENTIFIERS)}."


def _of_group(group: Any, way: str) -> Iterator[str]:
    given = set(agents.IDENTIFIERS) & set(group)
    if len(given) > 1 or (not given and not group.get("member")):
        yield f"{way} must be a group with members or one of {', '.join(agents.IDENTIFIERS)}."


def _short(agent: Any, way: str) -> Iterator[str]:
    if len(agents.agent_key(agent)) > NAME_LENGTH:
        yield f"{way} is too long to be stored."


agent = check_in_turn(
    check_members({**_MEMBERS, "objectType": shapes.check_one_of("Agent")}), _of_agent, _short
)
group = check_in_turn(
    check_members(
        {**_MEMBERS, "objectType": shapes.check_one_of("Group"), "member": check_each(agent)},
        needed=("objectType",),
    ),
    _of_group,
    _short,
)


def check_actor(value: Any, way: str) -> Iterator[str]:
    """Check an agent or a group, as which of them it says that it is."""
    is_group = isinstance(value, dict) and value.get("objectType") == "Group"
    yield from (group if is_group else agent)(value, way)


def check_authority(value: Any, way: str) -> Iterator[str]:
    """Check who vouches: an agent, or a group of the two that OAuth makes."""
    yield from check_actor(value, way)
    if isinstance(value, dict) and value.get("objectType") == "Group" and len(value.get("member", ())) != 2:
        yield f"{way} must be an agent or a group of two."
