"""Asking the small host for its pages, and what they carry."""

import re
from typing import Any

from django.test import RequestFactory
from django.urls import resolve

from tests import small_host
from tracking.middleware import TrackingMiddleware
from tracking.models import Event

SCRIPT = re.compile(rb'<script type="module"[^>]*></script>')


def opened():
    fields = ("kind", "source", "course_key", "unit_key")
    return list(Event.objects.values_list(*fields))


def answer(**on_request: Any) -> Any:
    """Return what the middleware makes of the page of unit u for a request with these attributes."""
    request = RequestFactory().get("/page/c/u/")
    vars(request).update(on_request, resolver_match=resolve("/page/c/u/"))
    return TrackingMiddleware(lambda request: small_host.page(request, "c", "u"))(request)
