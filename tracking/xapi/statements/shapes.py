"""Shapes of values in xAPI (1.0.3, Data 4): each check yields what is wrong with a value, with the way to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime

from tracking.definitions import ranges
from tracking.xapi.models import NAME_LENGTH

Check = Callable[[Any, str], Iterator[str]]
"""Takes a value and the way to it, such as ``result.score``."""

IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
LANGUAGE = re.compile(
    r"(?i)(?:(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*(?:-[a-wy-z0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?"
    r"|x(?:-[a-z0-9]{1,8})+|i-[a-z]{2,8})"
)
"""RFC 5646, section 2.1."""
DURATION = re.compile(r"P(?!$)(\d+(\.\d+)?W|(\d+Y)?(\d+M)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?)")
MEDIA_TYPE = re.compile(r"[\w.+!#$&^-]+/[\w.+!#$&^-]+(\s*;.*)?")
SHA2 = re.compile(r"(?:[0-9a-fA-F]{56}|[0-9a-fA-F]{64}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128})")


def is_iri(value: object) -> bool:
    """Return whether ``value`` is an address with a scheme, of a length that is kept."""
    return isinstance(value, str) and len(value) <= NAME_LENGTH and IRI.fullmatch(value) is not None


def parse_uuid(value: object) -> UUID | None:
    """Return ``value`` as a UUID, ``None`` if it is none as xAPI writes it."""
    if not isinstance(value, str) or len(value) != 36:
        return None
    try:
        return UUID(value)
    except ValueError:
        return None


def parse_moment(value: object) -> datetime | None:
    """Return the moment of ISO 8601 in ``value``, in UTC if it names no zone; ``None`` if it is none or out of range.

    A moment in an unknown zone is none (Data 4.5).
    """
    try:
        at = parse_datetime(value) if isinstance(value, str) and not value.endswith("-00:00") else None
    except ValueError:
        return None
    if at is None:
        return None
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return at if ranges.is_in_range(at) else None


def is_timestamp(value: object) -> bool:
    """Return whether ``value`` is a moment that can be stored."""
    return parse_moment(value) is not None


def check_is(words: str, holds: Callable[[Any], bool]) -> Check:
    """Return a check for what ``holds`` holds of; ``words`` complete "... is"."""

    def check(value: Any, way: str) -> Iterator[str]:
        if not holds(value):
            yield f"{way} must be {words}."

    return check


iri = check_is("an IRI", is_iri)
uuid = check_is("a UUID", lambda value: parse_uuid(value) is not None)
text = check_is("a string", lambda value: isinstance(value, str))
truth = check_is("true or false", lambda value: isinstance(value, bool))
whole = check_is("a whole number", lambda value: isinstance(value, int) and not isinstance(value, bool))
number = check_is("a number", lambda value: isinstance(value, int | float) and not isinstance(value, bool))
moment = check_is("an ISO 8601 timestamp from 1970 to 2100", is_timestamp)
duration = check_is(
    "an ISO 8601 duration", lambda value: isinstance(value, str) and bool(DURATION.fullmatch(value))
)
language = check_is(
    "an RFC 5646 language tag", lambda value: isinstance(value, str) and bool(LANGUAGE.fullmatch(value))
)
media_type = check_is(
    "a media type", lambda value: isinstance(value, str) and bool(MEDIA_TYPE.fullmatch(value))
)
sha2 = check_is("a SHA-2", lambda value: isinstance(value, str) and bool(SHA2.fullmatch(value)))


def check_language_map(value: Any, way: str) -> Iterator[str]:
    """Check texts by language."""
    if not isinstance(value, dict):
        yield f"{way} must be a language map."
        return
    for name, words in value.items():
        yield from language(name, f"{way}.{name}")
        yield from text(words, f"{way}.{name}")


def check_extensions(value: Any, way: str) -> Iterator[str]:
    """Check what may hold anything, as long as it is named by an IRI."""
    if not isinstance(value, dict):
        yield f"{way} must be an object."
        return
    for name in value:
        yield from iri(name, f"{way}: {name!r}")


def check_one_of(*words: str) -> Check:
    """Return a check for one of ``words``, letter by letter."""
    return check_is(f"one of {', '.join(words)}", lambda value: value in words)


def check_each(check: Check) -> Check:
    """Return a check for a list of which each satisfies ``check``."""

    def of_list(value: Any, way: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{way} must be a list."
            return
        for place, member in enumerate(value):
            yield from check(member, f"{way}.{place}")

    return of_list


def check_members(known: Mapping[str, Check], *, needed: Collection[str] = ()) -> Check:
    """Return a check for an object with members of ``known`` alone, each satisfying its check, and all ``needed``."""

    def of_object(value: Any, way: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{way or 'A statement'} must be an object."
            return
        for name, member in value.items():
            inner = f"{way}.{name}" if way else name
            if name in known:
                yield from known[name](member, inner)
            else:
                yield f"Unknown property {inner!r}."
        for name in needed:
            if name not in value:
                yield f"{f'{way}.{name}' if way else name} is missing."

    return of_object


def check_in_turn(*checks: Check) -> Check:
    """Return a check that goes on to the next only where the one before found nothing."""

    def in_turn(value: Any, way: str) -> Iterator[str]:
        for check in checks:
            found = list(check(value, way))
            yield from found
            if found:
                return

    return in_turn
