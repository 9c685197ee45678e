"""Finds the host's adapter: named in ``TRACKING["ADAPTER"]``, or in a ``tracking_adapter`` module of an app."""

from __future__ import annotations

from functools import lru_cache

from django.apps import apps
from django.core.signals import setting_changed
from django.utils.module_loading import import_string, module_has_submodule

from tracking import conf
from tracking.exceptions import AdapterError
from tracking.lms.adapter import Adapter

MODULE = "tracking_adapter"


@lru_cache(maxsize=1)
def get_adapter() -> Adapter:
    """Return the host's adapter, always the same instance. Raises ``AdapterError`` if none is usable."""
    found = find_class()
    try:
        return found()
    except Exception as error:
        raise AdapterError(
            f"{found.__qualname__}() raises {type(error).__name__}: {error}. Correct it."
        ) from error


def find_class() -> type[Adapter]:
    """Return the host's adapter class. Raises ``AdapterError`` if there is none, or it cannot be imported."""
    path = conf.get_settings().ADAPTER or _discover()
    try:
        found = import_string(path)
    except Exception as error:
        cause = str(error) if isinstance(error, ImportError) else f"{type(error).__name__}: {error}"
        raise AdapterError(
            f"The adapter {path!r} cannot be imported: {cause}. Correct TRACKING['ADAPTER'], or the module it names."
        ) from error
    if not (isinstance(found, type) and issubclass(found, Adapter)):
        raise AdapterError(f"{path!r} is {found!r}. Make it a subclass of tracking.lms.Adapter.")
    return found


def _discover() -> str:
    found = [
        f"{config.name}.{MODULE}.Adapter"
        for config in apps.get_app_configs()
        if config.module is not None and module_has_submodule(config.module, MODULE)
    ]
    if not found:
        raise AdapterError(
            f"TRACKING['ADAPTER'] is not set and no installed app has a module {MODULE!r}. "
            "Write one with a class Adapter(tracking.lms.Adapter)."
        )
    if len(found) > 1:
        raise AdapterError(
            f"Several apps have an adapter: {found!r}. Name the one to use in TRACKING['ADAPTER']."
        )
    return found[0]


def _clear_cache(*, setting: str, **_: object) -> None:
    if setting in {"TRACKING", "INSTALLED_APPS"}:
        get_adapter.cache_clear()


# Tests that override settings get the adapter of those settings.
setting_changed.connect(_clear_cache, dispatch_uid="tracking.lms.discovery")
