"""Every address of ours, filled in: a new page is under these tests without a word, or fails for a name it lacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, reverse

from tracking import urls  # Registers the converter of keys that the others are written with.
from tracking.api import urls as api_urls
from tracking.dashboards import urls as page_urls

ALL = urls.urlpatterns


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """One address: its name and the names of its arguments."""

    name: str
    arguments: frozenset[str]


def names(module: Any = page_urls) -> list[str]:
    """Return the names of the addresses in ``module``."""
    return sorted({found.name for found in _found(module.urlpatterns)})


def api_names() -> list[str]:
    """Return the names of the addresses of the API."""
    return [f"api:{name}" for name in names(api_urls)]


def address(name: str, values: Mapping[str, Any]) -> str:
    """Return the address called ``name``; fails where it has an argument that ``values`` does not name."""
    return reverse(f"tracking:{name}", kwargs={key: values[key] for key in arguments(name)})


def arguments(name: str) -> frozenset[str]:
    """Return the names of the arguments of an address."""
    return next(found.arguments for found in _found(ALL) if found.name == name)


def _found(patterns: Any, above: frozenset[str] = frozenset(), space: str = "") -> Iterator[_Found]:
    for pattern in patterns:
        arguments = above | set(pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _found(pattern.url_patterns, arguments, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield _Found(name=f"{space}{pattern.name}", arguments=arguments)
