"""Small parts of a page that stand on it hundreds of times: each is rendered once for every look that it can have."""

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
    """Show a state by its shape and its name, with ``tracking/elements/state.html``."""
    return _part("tracking/elements/state.html", state=state)


@register.simple_tag
def icon(name: str, class_: str = "") -> SafeString:
    """Show a shape, with ``tracking/elements/icon.html``."""
    return _part("tracking/elements/icon.html", name=name, **{"class": class_})


def _part(path: str, **values: Any) -> SafeString:
    # Whoever writes a template of their own sees what they have just changed.
    render = _render if settings.DEBUG else _rendered
    return render(path, get_language(), tuple(values.items()))


def _render(path: str, language: str | None, values: tuple[tuple[str, Any], ...]) -> SafeString:
    del language  # Part of what the result depends on.
    return render_to_string(path, dict(values))


_rendered = lru_cache(maxsize=1000)(_render)
