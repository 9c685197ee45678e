"""The parameters of the query string, validated by the same rules as statements."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from tracking.xapi.exceptions import StatementRejected
from tracking.xapi.statements import agent_schema, shapes

FORMATS = ("exact", "ids", "canonical")


def reject_unknown_parameters(request: HttpRequest, known: Collection[str]) -> None:
    """Raise ``StatementRejected`` if there is an unknown parameter."""
    unknown = set(request.GET) - set(known)
    if unknown:
        raise StatementRejected(f"Unknown parameter {min(unknown)!r}.")


def agent_parameter(text: str) -> dict[str, Any]:
    """Return an agent or identified group that is given as JSON."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise StatementRejected("agent must be JSON.") from error
    for fault in agent_schema.check_actor(found, "agent"):
        raise StatementRejected(fault)
    return dict(found)


def iri_parameter(text: str) -> str:
    """Return an IRI."""
    if not shapes.is_iri(text):
        raise StatementRejected(f"{text!r} is not an IRI.")
    return text


def uuid_parameter(text: str) -> UUID:
    """Return a UUID."""
    found = shapes.parse_uuid(text)
    if found is None:
        raise StatementRejected(f"{text!r} is not a UUID.")
    return found


def datetime_parameter(text: str) -> datetime:
    """Return a moment; one without a zone is in UTC."""
    at = shapes.parse_moment(text)
    if at is None:
        raise StatementRejected(f"{text!r} is not an ISO 8601 timestamp from 1970 to 2100.")
    return at


def count_parameter(text: str) -> int:
    """Return a number from 0 on."""
    if not text.isdecimal() or len(text) > 9:
        raise StatementRejected(f"{text!r} is not a whole number.")
    return int(text)


def flag_parameter(request: HttpRequest, name: str) -> bool:
    """Return whether a parameter is ``true`` (default: ``false``)."""
    given = request.GET.get(name, "false")
    if given not in ("true", "false"):
        raise StatementRejected(f"{name} must be true or false.")
    return given == "true"


def format_parameter(request: HttpRequest) -> str:
    """Return how statements are to be given back."""
    given = request.GET.get("format", "exact")
    if given not in FORMATS:
        raise StatementRejected(f"format must be {', '.join(FORMATS)}.")
    return given
