"""The frame around every page: the host's base template, or ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tracking import conf


def render_page(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """Render ``template`` within ``TRACKING["BASE_TEMPLATE"]``.

    ``request`` is named, because a host may do without the context processor that would name it.
    """
    rules = conf.get_settings()
    frame = {"tracking_base_template": rules.BASE_TEMPLATE, "rules": rules, "request": request}
    return render(request, template, {**frame, **context})
