"""Render pages inside the host's base template, or the default one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tracking import conf


def render_page(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """Render ``template`` inside ``TRACKING["BASE_TEMPLATE"]``."""
    rules = conf.get_settings()
    # Pass request explicitly: templates need it, and a host may not use the request context processor.
    frame = {"tracking_base_template": rules.BASE_TEMPLATE, "rules": rules, "request": request}
    return render(request, template, {**frame, **context})
