"""Checks of the ``TRACKING`` setting: every option known, of its type and in its range."""

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
"""Days beyond the purged ones that cannot be folded again: a view's over midnight, and two for zones and whole days."""

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
    """Report options that do not exist (``tracking.E001``) or cannot be used (``tracking.E002``, ``tracking.W004``)."""
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
    off = given.get("DISABLED_REASONS", ())
    if not options.is_of_names(off):  # Said already.
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
