"""Small parts that a page contains hundreds of times. Each variant is rendered once and cached."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag
def state_badge(state: Any) -> SafeString:
    """Render a state with its icon and name, from ``tracking/elements/state.html``."""
    return _part("tracking/elements/state.html", state=state)


@register.simple_tag
def icon(name: str, class_: str = "") -> SafeString:
    """Render an icon, from ``tracking/elements/icon.html``."""
    return _part("tracking/elements/icon.html", name=name, **{"class": class_})


def _part(path: str, **values: Any) -> SafeString:
    # Skip the cache while developing, so that a changed template shows at once.
    render = _render if settings.DEBUG else _render_cached
    return render(path, get_language(), tuple(values.items()))


def _render(path: str, language: str | None, values: tuple[tuple[str, Any], ...]) -> SafeString:
    del language  # The result depends on it, so it must be part of the cache key.
    return render_to_string(path, dict(values))


_render_cached = lru_cache(maxsize=1000)(_render)
