"""Checks the ``TRACKING`` setting: names, types and ranges of its options."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004  Django's name for it.
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template

from tracking import conf
from tracking.checks import options
from tracking.checks.options import OptionRules
from tracking.conf import TrackingSettings

FINAL_DAYS = 3
"""Days after the purged ones that cannot be recomputed: one for page views over midnight, two for time zones."""

RULES = OptionRules(
    setting="TRACKING",
    described_by=TrackingSettings,
    check_prefix="tracking",
    choices={"ON_USER_DELETION": ("erase", "pseudonymise")},
    addresses=frozenset({"SITE_URL"}),
    may_be_zero=frozenset(
        {
            "MAX_REVIEWS_SHOWN",
            "ACCESS_LOG_DAYS",
            "DEFAULT_EXPECTED_SECONDS",
            "ENGAGED_SECONDS",
            "RAW_EVENT_DAYS",
            "SESSION_CACHE_SECONDS",
            "RECORD_EVENT_DAYS",
        }
    ),
)


@register("tracking")
def check_options(**_: Any) -> list[CheckMessage]:
    """Report options that do not exist (``tracking.E001``) or are invalid (``tracking.E002``, ``tracking.W004``)."""
    given = getattr(settings, "TRACKING", {})
    found = [*options.check_given_options(given, RULES)]
    if not isinstance(given, dict):
        return found
    return [
        *found,
        *_unknown_reasons(given),
        *_unknown_template(),
        *_too_short_retention(),
    ]


def _unknown_reasons(given: dict[str, Any]) -> Iterator[CheckMessage]:
    disabled = given.get("DISABLED_REASONS", ())
    if not options.is_of_names(disabled):  # Already reported.
        return
    # Get the model from the app registry, because checks must not import models (import contract).
    known = dict(apps.get_model("tracking", "Finding")._meta.get_field("reason").flatchoices)
    for name in disabled:
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
        minimum = settings.MAX_EVENT_AGE_DAYS + settings.QUARANTINE_DAYS + FINAL_DAYS
        short = [
            name for name in ("RAW_EVENT_DAYS", "RECORD_EVENT_DAYS") if 0 < getattr(settings, name) < minimum
        ]
    except TypeError:  # Already reported.
        return
    for name in short:
        yield Warning(
            f"TRACKING[{name!r}] is {getattr(settings, name)!r}: an event that arrives late, "
            "or is released from quarantine, may belong to a day whose raw events are "
            "already deleted. It is then not counted.",
            hint=f"Set it to {minimum} or more, or lower MAX_EVENT_AGE_DAYS or QUARANTINE_DAYS.",
            id="tracking.W004",
        )


def _unknown_template() -> Iterator[CheckMessage]:
    name: object = conf.get_settings().BASE_TEMPLATE
    if not isinstance(name, str):  # Already reported.
        return
    try:
        get_template(name)
    except TemplateDoesNotExist:
        hint = "Name a template that the loaders find, such as your own base template."
        yield Error(
            f"TRACKING['BASE_TEMPLATE'] is {name!r}, which is not found.", hint=hint, id="tracking.E002"
        )
    except TemplateSyntaxError:  # The template exists. Django reports its error.
        return
