"""A host of a few views and no models, and its adapter, for tests of what happens to its pages."""

from __future__ import annotations

import io
import itertools
from collections.abc import AsyncIterator, Iterator
from typing import Any

from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseForbidden,
    JsonResponse,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.template import RequestContext, Template, engines
from django.template.response import TemplateResponse
from django.urls import include, path
from django.views import View
from django.views.decorators.gzip import gzip_page

from tracking import lms
from tracking.hooks import TrackedViewMixin, tracked
from tracking.lms import Outline, OutlineNode, Unit, UnitKind, UnitRef

PAGE = "<!doctype html><html><body><p>Grüße</p></body></html>"

numbers = itertools.count()

UNITS = ("u", "locked", "shown", "exam")
"""The units of every course."""

BY_KEYS = Unit(course="course", unit="key")


class Adapter(lms.Adapter):
    views = {
        "page": BY_KEYS,
        "later": BY_KEYS,
        "numbered": BY_KEYS,
        "data": BY_KEYS,
        "stream": BY_KEYS,
        "packed": BY_KEYS,
        "refused": BY_KEYS,
        "download": BY_KEYS,
        "stream-later": BY_KEYS,
        "stream-tagged": BY_KEYS,
        "zipped": BY_KEYS,
        "damaged": BY_KEYS,
        "tagged": BY_KEYS,
        "tests.small_host.Classy": BY_KEYS,
    }

    def outline(self, course_key: str) -> Outline:
        lessons = (OutlineNode(key=key, kind=UnitKind.LESSON, title=key) for key in UNITS)
        return Outline(course_key=course_key, title=course_key, nodes=tuple(lessons))


class Veto(Adapter):
    """The page of unit ``locked`` answers 200 and shows nothing; ``part`` is only known when the page is done."""

    def viewed(self, request: HttpRequest, response: HttpResponseBase, unit: UnitRef) -> UnitRef | None:
        if unit.unit_key == "locked":
            return None
        return UnitRef(course_key=unit.course_key, unit_key=response.get("X-Unit", unit.unit_key))


class Broken(Adapter):
    def unit_of_request(self, request: HttpRequest, response: HttpResponseBase | None) -> UnitRef | None:
        raise RuntimeError("The adapter is broken.")


def page(request: HttpRequest, course: str, key: str) -> HttpResponse:
    response = HttpResponse(PAGE)
    response["Content-Length"] = str(len(response.content))
    response["X-Unit"] = "shown"
    return response


def numbered(request: HttpRequest, course: str, key: str) -> HttpResponse:
    return HttpResponse(f"<html><body>{next(numbers)}</body></html>")


async def later(request: HttpRequest, course: str, key: str) -> HttpResponse:
    return HttpResponse(PAGE)


def data(request: HttpRequest, course: str, key: str) -> HttpResponse:
    return JsonResponse({"html": PAGE})


def stream(request: HttpRequest, course: str, key: str) -> StreamingHttpResponse:
    return StreamingHttpResponse([PAGE])


def packed(request: HttpRequest, course: str, key: str) -> HttpResponse:
    return HttpResponse(PAGE, headers={"Content-Encoding": "br"})


def download(request: HttpRequest, course: str, key: str) -> FileResponse:
    return FileResponse(io.BytesIO(PAGE.encode()), as_attachment=True, filename="page.html")


async def stream_later(request: HttpRequest, course: str, key: str) -> StreamingHttpResponse:
    async def chunks() -> AsyncIterator[bytes]:
        for byte in PAGE.encode():
            yield bytes([byte])

    return StreamingHttpResponse(chunks())


def stream_tagged(request: HttpRequest, course: str, key: str) -> StreamingHttpResponse:
    def chunks() -> Iterator[str]:
        yield "<html><body>"
        yield tagged(request, course, key).content.decode()

    return StreamingHttpResponse(chunks())


@gzip_page
def zipped(request: HttpRequest, course: str, key: str) -> HttpResponse:
    return HttpResponse(PAGE + " " * 200)


def damaged(request: HttpRequest, course: str, key: str) -> HttpResponse:
    return HttpResponse(PAGE, headers={"Content-Encoding": "gzip"})


def refused(request: HttpRequest, course: str, key: str) -> HttpResponse:
    return HttpResponseForbidden(PAGE)


def tagged(request: HttpRequest, course: str, key: str) -> HttpResponse:
    template = Template("{% load tracking %}<html><body>{% tracking_script %}<p>tagged</p></body></html>")
    return HttpResponse(template.render(RequestContext(request)))


class Classy(View):
    def get(self, request: HttpRequest, course: str, key: str) -> HttpResponse:
        return HttpResponse(PAGE)


@tracked(BY_KEYS)
def decorated(request: HttpRequest, course: str, key: str) -> HttpResponse:
    return HttpResponse(PAGE)


@tracked(BY_KEYS)
async def decorated_later(request: HttpRequest, course: str, key: str) -> HttpResponse:
    return HttpResponse(PAGE)


class Mixed(TrackedViewMixin, View):
    tracked_unit = BY_KEYS

    def get(self, request: HttpRequest, course: str, key: str) -> HttpResponse:
        return TemplateResponse(request, engines["django"].from_string(PAGE))


class MixedLater(TrackedViewMixin, View):
    tracked_unit = BY_KEYS

    async def get(self, request: HttpRequest, course: str, key: str) -> HttpResponse:
        return HttpResponse(PAGE)


def _at(name: str, view: Any) -> Any:
    return path(f"{name}/<course>/<key>/", view, name=name)


urlpatterns = [
    _at("page", page),
    _at("numbered", numbered),
    _at("later", later),
    _at("data", data),
    _at("stream", stream),
    _at("packed", packed),
    _at("refused", refused),
    _at("download", download),
    _at("stream-later", stream_later),
    _at("stream-tagged", stream_tagged),
    _at("zipped", zipped),
    _at("damaged", damaged),
    _at("tagged", tagged),
    path("classy/<course>/<key>/", Classy.as_view()),
    _at("decorated", decorated),
    _at("decorated-later", decorated_later),
    _at("mixed", Mixed.as_view()),
    _at("mixed-later", MixedLater.as_view()),
    _at("unmapped", page),
    path("tracking/", include("tracking.urls")),
]
