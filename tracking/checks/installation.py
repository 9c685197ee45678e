"""Checks the installation: adapter, middleware order, required apps and URLs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004  Django's name for it.
from django.db import DEFAULT_DB_ALIAS, router
from django.middleware.cache import UpdateCacheMiddleware
from django.middleware.gzip import GZipMiddleware
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string

from tracking import conf
from tracking.exceptions import AdapterError
from tracking.lms import discovery

MIDDLEWARE = "tracking.middleware.TrackingMiddleware"

REQUIRED_APPS = ("django.contrib.auth", "django.contrib.contenttypes")
REQUIRED_BY_PAGES = ("rest_framework", "django_filters")


@register("tracking")
def check_adapter_found(**_: Any) -> list[CheckMessage]:
    """Report a missing adapter, or one that cannot be imported (``tracking.E003``)."""
    if not conf.get_settings().ENABLED:
        return []
    try:
        discovery.find_class()
    except AdapterError as error:
        hint = "Name your subclass of tracking.lms.Adapter in TRACKING['ADAPTER']."
        return [Warning(str(error), hint=hint, id="tracking.E003")]
    return []


@register("tracking")
def check_middleware(**_: Any) -> list[CheckMessage]:
    """Report a missing or misplaced middleware (``tracking.E004``, ``tracking.W001``, ``tracking.W002``)."""
    if not conf.get_settings().ENABLED:
        return []
    names = list(settings.MIDDLEWARE)
    if MIDDLEWARE not in names:
        hint = (
            f"Add {MIDDLEWARE!r} to the end of MIDDLEWARE, or silence this check if your "
            "views record page views."
        )
        return [Error("TrackingMiddleware is not in MIDDLEWARE.", hint=hint, id="tracking.E004")]
    return [*_misplaced(names, names.index(MIDDLEWARE))]


def _misplaced(names: Sequence[str], own: int) -> Iterator[CheckMessage]:
    cache = _position(names, UpdateCacheMiddleware)
    if cache is not None and cache < own:
        yield Warning(
            "The site-wide cache would serve one learner's tracking snippet to another.",
            hint=f"Move {MIDDLEWARE!r} above {names[cache]!r}.",
            id="tracking.W002",
        )
    authentication = _position(names, AuthenticationMiddleware)
    if cache is None and authentication is not None and own < authentication:
        hint = f"Move {MIDDLEWARE!r} below {names[authentication]!r}, ideally to the end of MIDDLEWARE."
        yield Error(
            "TrackingMiddleware is placed before AuthenticationMiddleware, so it sees no "
            "user and records nothing.",
            hint=hint,
            id="tracking.E004",
        )
    gzip = _position(names, GZipMiddleware)
    if gzip is not None and own < gzip:
        yield Warning(
            "TrackingMiddleware receives pages that are already compressed, so it cannot add "
            "the tracker to them.",
            hint=f"Move {MIDDLEWARE!r} below {names[gzip]!r}.",
            id="tracking.W001",
        )


def _position(names: Sequence[str], kind: type) -> int | None:
    """Return the position of the middleware ``kind`` or of a subclass, or ``None``."""
    for position, name in enumerate(names):
        try:
            found = import_string(name)
        except ImportError:  # Django reports it when it loads the middleware.
            continue
        if isinstance(found, type) and issubclass(found, kind):
            return position
    return None


@register("tracking")
def check_time_zones(**_: Any) -> list[CheckMessage]:
    """Report ``USE_TZ = False``: moments of the host then cannot be compared with stored ones (``tracking.E010``)."""
    if settings.USE_TZ or not conf.get_settings().ENABLED:
        return []
    hint = (
        "Set USE_TZ = True. If your platform cannot, set TRACKING['ENABLED'] = False: then nothing is recorded."
        " Django's guide on time zones says how to migrate."
    )
    return [Error("USE_TZ is False, but all times are stored in UTC.", hint=hint, id="tracking.E010")]


@register("tracking")
def check_database_for_writing(**_: Any) -> list[CheckMessage]:
    """Report a router that sends our tables to a database other than ``default`` (``tracking.E011``)."""
    using = router.db_for_write(apps.get_model("tracking", "Event"))
    if using == DEFAULT_DB_ALIAS or not conf.get_settings().ENABLED:
        return []
    hint = (
        "Let the router write the app 'tracking' to 'default'. It refers to users and changes in the transaction of"
        " the host's rows. Reads may be routed anywhere: tracking reads its own tables where they are written."
    )
    return [Error(f"DATABASE_ROUTERS writes tracking to {using!r}.", hint=hint, id="tracking.E011")]


@register("tracking")
def check_apps(**_: Any) -> list[CheckMessage]:
    """Report required apps that are not installed (``tracking.E005``), and missing URLs (``tracking.W003``)."""
    if not conf.get_settings().ENABLED:
        return []
    has_pages = _has_pages()
    required = [*REQUIRED_APPS, *(REQUIRED_BY_PAGES if has_pages else ())]
    found: list[CheckMessage] = [
        Error(f"{name!r} is not installed.", hint=f"Add {name!r} to INSTALLED_APPS.", id="tracking.E005")
        for name in required
        if not apps.is_installed(name)
    ]
    if not has_pages:
        hint = 'Add path("learning/", include("tracking.urls")) to the root URLconf.'
        found.append(
            Warning(
                "The URLs of tracking are not included in the URLconf, so its pages and the "
                "event endpoint do not exist.",
                hint=hint,
                id="tracking.W003",
            )
        )
    return found


def _has_pages() -> bool:
    try:
        reverse("tracking:events")
    except NoReverseMatch:
        return False
    return True
