"""The settings of this app: one dict, ``TRACKING_XAPI``, read at call time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from django.conf import settings as django_settings
from django.core.signals import setting_changed

NAME = "TRACKING_XAPI"


@dataclass(frozen=True, slots=True, kw_only=True)
class XapiSettings:
    """Every option of ``TRACKING_XAPI`` with its default."""

    VERSION: str = "1.0.3"
    """The version of xAPI in which statements are sent: ``1.0.3`` or ``2.0.0``."""

    LRS_URL: str = ""
    """Address of an LRS that receives everything, without ``/statements``. Empty: nothing is sent."""

    LRS_USER: str = ""
    """The key (HTTP Basic) that the LRS at ``LRS_URL`` gave to this site."""

    LRS_PASSWORD: str = ""
    """The secret that belongs to ``LRS_USER``."""

    LRS_CLIENT_KEY: str = ""
    """Key (HTTP Basic) of a system that may report any learner to the LRS here. Empty: none may."""

    LRS_CLIENT_SECRET: str = ""
    """The secret that belongs to ``LRS_CLIENT_KEY``."""


def get_settings() -> XapiSettings:
    """Return the settings in force now. Unknown options are left to the system check ``tracking_xapi.E001``."""
    return _read()


@lru_cache(maxsize=1)
def _read() -> XapiSettings:
    given: Any = getattr(django_settings, NAME, {})
    known = {field.name for field in fields(XapiSettings)}
    options = given if isinstance(given, Mapping) else {}
    return XapiSettings(**{name: value for name, value in options.items() if name in known})


def _forget(*, setting: str, **_: object) -> None:
    if setting == NAME:
        _read.cache_clear()


setting_changed.connect(_forget, dispatch_uid="tracking.xapi.conf")
