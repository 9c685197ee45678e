"""What can be asked for in the query string, held to what statements are held to."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.dateparse import parse_datetime

from tracking.capture.records import agent_rules, shape
from tracking.exceptions import StatementRefused

FORMATS = ("exact", "ids", "canonical")


def allow(request: HttpRequest, known: Collection[str]) -> None:
    """Raise ``StatementRefused`` where there is a parameter that nobody knows."""
    unknown = set(request.GET) - set(known)
    if unknown:
        raise StatementRefused(f"There is no parameter {min(unknown)!r}.")


def agent(text: str) -> dict[str, Any]:
    """Return an agent or identified group that is given as JSON."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise StatementRefused("agent is JSON.") from error
    for fault in agent_rules.actor(found, "agent"):
        raise StatementRefused(fault)
    return dict(found)


def iri(text: str) -> str:
    """Return an IRI."""
    if not shape.is_iri(text):
        raise StatementRefused(f"{text!r} is no IRI.")
    return text


def uuid(text: str) -> UUID:
    """Return a UUID."""
    found = shape.as_uuid(text)
    if found is None:
        raise StatementRefused(f"{text!r} is no UUID.")
    return found


def moment(text: str) -> datetime:
    """Return a moment; one without a zone is in UTC."""
    at = parse_datetime(text) if shape.is_moment(text) else None
    if at is None:
        raise StatementRefused(f"{text!r} is no moment of ISO 8601.")
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def count(text: str) -> int:
    """Return a number from 0 on."""
    if not text.isdecimal() or len(text) > 9:
        raise StatementRefused(f"{text!r} is no count.")
    return int(text)


def flag(request: HttpRequest, name: str) -> bool:
    """Return whether a parameter is ``true``; it is ``false`` unless given."""
    given = request.GET.get(name, "false")
    if given not in ("true", "false"):
        raise StatementRefused(f"{name} is true or false.")
    return given == "true"


def form(request: HttpRequest) -> str:
    """Return how statements are to be given back."""
    given = request.GET.get("format", "exact")
    if given not in FORMATS:
        raise StatementRefused(f"format is {', '.join(FORMATS)}.")
    return given
