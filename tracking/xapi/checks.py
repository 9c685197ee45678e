"""Checks of the setting ``TRACKING_XAPI``. Ids are never reused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register  # noqa: A004  Django's name for it.
from django.urls import NoReverseMatch, reverse

from tracking.checks import options
from tracking.checks.options import OptionRules
from tracking.xapi import conf
from tracking.xapi.conf import XapiSettings

RULES = OptionRules(
    setting=conf.NAME,
    described_by=XapiSettings,
    check_prefix="tracking_xapi",
    choices={"VERSION": ("1.0.3", "2.0.0")},
    addresses=frozenset({"LRS_URL"}),
)


@register("tracking")
def check_xapi_options(**_: Any) -> list[CheckMessage]:
    """Report unknown options (``tracking_xapi.E001``) and values that cannot be used (``tracking_xapi.E002``)."""
    return [*options.check_given_options(getattr(settings, conf.NAME, {}), RULES)]


@register("tracking")
def check_xapi_urls(**_: Any) -> list[CheckMessage]:
    """Report that a system may send statements but has no URL to send them to (``tracking_xapi.W001``)."""
    return [*_missing_urls()] if conf.get_settings().LRS_CLIENT_KEY else []


def _missing_urls() -> Iterator[CheckMessage]:
    try:
        reverse("tracking_xapi:statements")
    except NoReverseMatch:
        yield Warning(
            "TRACKING_XAPI['LRS_CLIENT_KEY'] is set, but the URLs of tracking.xapi are not included in the URLconf.",
            hint='Add path("learning/xapi/", include("tracking.xapi.urls")).',
            id="tracking_xapi.W001",
        )
