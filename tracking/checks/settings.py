"""Checks of the ``TRACKING`` setting: every option known, of its type and in its range."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from difflib import get_close_matches
from typing import Any, get_origin, get_type_hints

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004  Django's name for it.
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template

from tracking import conf
from tracking.conf import TrackingSettings
from tracking.events import Purpose

MAY_BE_ZERO = frozenset(
    {
        "MAX_REVIEWS_SHOWN",
        "ACCESS_LOG_DAYS",
        "DEFAULT_EXPECTED_SECONDS",
        "ENGAGED_SECONDS",
        "RAW_EVENT_DAYS",
        "SESSION_CACHE_SECONDS",
        "RECORD_EVENT_DAYS",
        "REPLAY_DAYS",
    }
)

FINAL_DAYS = 3
"""Days beyond the purged ones that cannot be folded again: a view's over midnight, and two for zones and whole days."""

CHOICES = {"XAPI_VERSION": ("1.0.3", "2.0.0"), "ON_USER_DELETION": ("erase", "pseudonymise")}
ADDRESSES = frozenset({"SITE_URL", "LRS_URL"})

TYPE_NAMES = {bool: "True or False", int: "a whole number", float: "a number", str: "a string"}


@register("tracking")
def check_options(**_: Any) -> list[CheckMessage]:
    """Report options that do not exist (``tracking.E001``) or cannot be used (``tracking.E002``, ``tracking.W004``)."""
    given = getattr(settings, "TRACKING", {})
    if not isinstance(given, dict):
        return [Error(f"TRACKING is {given!r}.", hint="Make it a dict of options.", id="tracking.E002")]
    return [
        *_unknown(given),
        *_unusable(given),
        *_unknown_reasons(given),
        *_unknown_template(),
        *_too_short_retention(),
    ]


def _unknown(given: dict[str, Any]) -> Iterator[CheckMessage]:
    known = [field.name for field in fields(TrackingSettings)]
    for name in given:
        if name not in known:
            similar = get_close_matches(str(name).upper(), known, n=1)
            hint = f"Did you mean {similar[0]!r}?" if similar else f"The options are {', '.join(known)}."
            yield Error(f"TRACKING has no option {name!r}.", hint=hint, id="tracking.E001")


def _unusable(given: dict[str, Any]) -> Iterator[CheckMessage]:
    types = get_type_hints(TrackingSettings)
    for name, value in given.items():
        if name in types:
            wanted = _wanted(name, types[name], value)
            if wanted:
                yield Error(
                    f"TRACKING[{name!r}] is {value!r}.", hint=f"Set it to {wanted}.", id="tracking.E002"
                )


def _wanted(name: str, kind: Any, value: object) -> str:
    """Return what an option should be, or an empty string where ``value`` is that."""
    if get_origin(kind) is tuple:
        return _wanted_names(name, value)
    if not _is_of(kind, value):
        return TYPE_NAMES[kind]
    if isinstance(value, str):
        return _wanted_text(name, value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    least, most = _range(name)
    if least <= value <= most:
        return ""
    return f"{TYPE_NAMES[kind]} from {least} to {most}" if most < float("inf") else f"{least} or more"


def _wanted_names(name: str, value: object) -> str:
    if name != "NOTICE_PURPOSES":
        return "" if _is_of_names(value) else "a tuple of strings"
    others = [purpose.value for purpose in Purpose if purpose is not Purpose.RECORD]
    is_fit = isinstance(value, tuple | list) and all(each in others for each in value)
    return "" if is_fit else f"a tuple with any of {', '.join(others)}"


def _wanted_text(name: str, value: str) -> str:
    if value not in CHOICES.get(name, (value,)):
        return " or ".join(map(repr, CHOICES[name]))
    if name in ADDRESSES and value and not value.startswith(("https://", "http://")):
        return "a URL that starts with https://"
    return ""


def _is_of_names(value: object) -> bool:
    return isinstance(value, tuple | list) and all(isinstance(name, str) for name in value)


def _is_of(kind: type, value: object) -> bool:
    if kind is float:
        kind = int | float  # type: ignore[assignment]  # A union is as good for isinstance().
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def _range(name: str) -> tuple[int, float]:
    if name.endswith(("_SHARE", "_CHANCE", "_DIFFERENCE")):
        return 0, 1
    if name.endswith("_PERCENT"):
        return 0, 100
    return (0 if name in MAY_BE_ZERO else 1), float("inf")


def _unknown_reasons(given: dict[str, Any]) -> Iterator[CheckMessage]:
    off = given.get("DISABLED_REASONS", ())
    if not _is_of_names(off):  # Said already.
        return
    # By way of the registry: models lie above the checks.
    known = dict(apps.get_model("tracking", "Finding")._meta.get_field("reason").flatchoices)
    for name in off:
        if name not in known:
            similar = get_close_matches(name, known, n=1)
            hint = f"Did you mean {similar[0]!r}?" if similar else f"The reasons are {', '.join(known)}."
            yield Error(
                f"TRACKING['DISABLED_REASONS'] names {name!r}, which is not a reason.",
                hint=hint,
                id="tracking.E002",
            )


def _too_short_retention() -> Iterator[CheckMessage]:
    settings = conf.get_settings()
    try:
        least = settings.MAX_EVENT_AGE_DAYS + settings.QUARANTINE_DAYS + FINAL_DAYS
        short = [
            name for name in ("RAW_EVENT_DAYS", "RECORD_EVENT_DAYS") if 0 < getattr(settings, name) < least
        ]
    except TypeError:  # Said already.
        return
    for name in short:
        yield Warning(
            f"TRACKING[{name!r}] is {getattr(settings, name)!r}: an event that arrives late, "
            "or is released from quarantine, may belong to a day whose raw events are "
            "already deleted. It is then not counted.",
            hint=f"Set it to {least} or more, or lower MAX_EVENT_AGE_DAYS or QUARANTINE_DAYS.",
            id="tracking.W004",
        )


def _unknown_template() -> Iterator[CheckMessage]:
    name: object = conf.get_settings().BASE_TEMPLATE
    if not isinstance(name, str):  # Said already.
        return
    try:
        get_template(name)
    except TemplateDoesNotExist:
        hint = "Name a template that the loaders find, such as your own base template."
        yield Error(
            f"TRACKING['BASE_TEMPLATE'] is {name!r}, which is not found.", hint=hint, id="tracking.E002"
        )
    except TemplateSyntaxError:  # Found, and Django's to report.
        return
