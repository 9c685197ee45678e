"""Checks a dict of options against the dataclass that describes it: names, types and ranges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from typing import Any, get_origin, get_type_hints

from django.core.checks import CheckMessage, Error

from tracking.events import Purpose

TYPE_NAMES = {bool: "True or False", int: "a whole number", float: "a number", str: "a string"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionRules:
    """One dict of options: its name, the dataclass that describes it, and what types cannot express."""

    setting: str
    described_by: type[Any]
    check_prefix: str
    """Prefix of the check ids: ``.E001`` is an unknown option, ``.E002`` an invalid value."""
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    addresses: frozenset[str] = frozenset()
    may_be_zero: frozenset[str] = frozenset()


def check_given_options(given: object, rules: OptionRules) -> Iterator[CheckMessage]:
    """Report options that do not exist (``.E001``) or have an invalid value (``.E002``)."""
    if not isinstance(given, dict):
        yield Error(
            f"{rules.setting} is {given!r}.",
            hint="Make it a dict of options.",
            id=f"{rules.check_prefix}.E002",
        )
        return
    yield from _unknown(given, rules)
    yield from _unusable(given, rules)


def is_of_names(value: object) -> bool:
    """Return whether ``value`` is a tuple or list of strings."""
    return isinstance(value, tuple | list) and all(isinstance(name, str) for name in value)


def _unknown(given: Mapping[str, Any], rules: OptionRules) -> Iterator[CheckMessage]:
    known = [field.name for field in fields(rules.described_by)]
    for name in given:
        if name not in known:
            similar = get_close_matches(str(name).upper(), known, n=1)
            hint = f"Did you mean {similar[0]!r}?" if similar else f"The options are {', '.join(known)}."
            yield Error(
                f"{rules.setting} has no option {name!r}.", hint=hint, id=f"{rules.check_prefix}.E001"
            )


def _unusable(given: Mapping[str, Any], rules: OptionRules) -> Iterator[CheckMessage]:
    types = get_type_hints(rules.described_by)
    for name, value in given.items():
        expected = _expected(name, types[name], value, rules) if name in types else ""
        if expected:
            yield Error(
                f"{rules.setting}[{name!r}] is {value!r}.",
                hint=f"Set it to {expected}.",
                id=f"{rules.check_prefix}.E002",
            )


def _expected(name: str, kind: Any, value: object, rules: OptionRules) -> str:
    """Return what the option should be, or an empty string if ``value`` is valid."""
    if get_origin(kind) is tuple:
        return _expected_names(name, value)
    if not _is_of(kind, value):
        return TYPE_NAMES[kind]
    if isinstance(value, str):
        return _expected_text(name, value, rules)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    minimum, maximum = _range(name, rules)
    if minimum <= value <= maximum:
        return ""
    return (
        f"{TYPE_NAMES[kind]} from {minimum} to {maximum}" if maximum < float("inf") else f"{minimum} or more"
    )


def _expected_names(name: str, value: object) -> str:
    if name != "NOTICE_PURPOSES":
        return "" if is_of_names(value) else "a tuple of strings"
    others = [purpose.value for purpose in Purpose if purpose is not Purpose.RECORD]
    is_valid = isinstance(value, tuple | list) and all(each in others for each in value)
    return "" if is_valid else f"a tuple with any of {', '.join(others)}"


def _expected_text(name: str, value: str, rules: OptionRules) -> str:
    choices = rules.choices.get(name, (value,))
    if value not in choices:
        return " or ".join(map(repr, choices))
    if name in rules.addresses and value and not value.startswith(("https://", "http://")):
        return "a URL that starts with https://"
    return ""


def _is_of(kind: type, value: object) -> bool:
    if kind is float:
        kind = int | float  # type: ignore[assignment]  # isinstance() accepts a union too.
    # bool is a subclass of int, but True is not a number of days.
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def _range(name: str, rules: OptionRules) -> tuple[int, float]:
    if name.endswith(("_SHARE", "_CHANCE", "_DIFFERENCE")):
        return 0, 1
    if name.endswith("_PERCENT"):
        return 0, 100
    return (0 if name in rules.may_be_zero else 1), float("inf")
