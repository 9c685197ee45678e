"""Whom and what statements name besides their actor and activity: what ``related_agents`` and ``_activities`` find.

And which statement they are about: one about another is found with it, and may void it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Case, QuerySet, UUIDField, When
from django.db.models.functions import Cast

from tracking.xapi.models import XapiMention, XapiStatement
from tracking.xapi.statements import agents

WHO, AGENT, ACTIVITY, TARGET = "who", "agent", "activity", "target"
"""Agents that act or are acted on, and members of such groups; all other agents; activities; the statement that is the
object, where one is."""


def store_mentions(rows: Iterable[XapiStatement]) -> None:
    """Store what new statements name."""
    XapiMention.objects.bulk_create(
        XapiMention(statement=row, kind=kind, name=name)
        for row in rows
        for kind, name in sorted(set(mentions_in(row.statement)))
    )


def statements_mentioning(kinds: Sequence[str], name: str) -> QuerySet[XapiMention, Any]:
    """Return which statements name an agent or activity as one of ``kinds``."""
    return XapiMention.objects.filter(kind__in=kinds, name=name).values("statement")


def statements_about(targets: QuerySet[XapiStatement]) -> QuerySet[XapiMention, Any]:
    """Return which statements are about one of ``targets``: read from those that are about any, which are few."""
    # What other kinds name is no UUID, and a database may look at it before it looks at the kind.
    target = Case(When(kind=TARGET, then=Cast("name", UUIDField())))
    found = XapiMention.objects.filter(kind=TARGET).annotate(target=target)
    return found.filter(target__in=targets.values("pk")).values("statement")


def mentions_in(statement: dict[str, Any], *, is_inner: bool = False) -> Iterator[tuple[str, str]]:
    """Yield each agent and activity that a statement or its sub-statement names, and the statement that it is about."""
    context, thing = statement.get("context", {}), statement["object"]
    kind = thing.get("objectType", "Activity")
    for person in (statement["actor"], thing if kind in ("Agent", "Group") else None):
        yield from _keys_of(person, AGENT if is_inner else WHO)
    for person in (statement.get("authority"), context.get("instructor"), context.get("team")):
        yield from _keys_of(person, AGENT)
    named = [each for group in context.get("contextActivities", {}).values() for each in group]
    for activity in [*named, *([thing] if kind == "Activity" else [])]:
        yield ACTIVITY, activity["id"]
    if kind == "StatementRef" and not is_inner:
        yield TARGET, UUID(thing["id"]).hex
    if kind == "SubStatement":
        yield from mentions_in(thing, is_inner=True)


def _keys_of(person: Any, kind: str) -> Iterator[tuple[str, str]]:
    if person:
        yield kind, agents.agent_key(person)
        for member in person.get("member", ()):
            yield kind, agents.agent_key(member)
