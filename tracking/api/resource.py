"""What all resources share: who may ask, how often, how errors look, and when nothing has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import NotFound, ParseError
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import JSONParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from tracking.api import problems
from tracking.api.schema import Schema
from tracking.api.throttles import RequestsPerMinute
from tracking.models import CourseOutline
from tracking.rollups import freshness

PAGE_SIZE = 100
MAX_PAGE_SIZE = 1000

MOVING = frozenset({"as_of", "lag_seconds", "freshness", "since"})
"""What changes by the second without anything having changed: no part of an ETag."""


class CursorPages(CursorPagination):
    """Pages that stay right while rows come and go. ``figures_as_of`` says how far the figures have come."""

    page_size = PAGE_SIZE
    page_size_query_param = "page_size"
    max_page_size = MAX_PAGE_SIZE
    ordering = "pk"

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        try:
            return super().paginate_queryset(queryset, request, view=view)
        except (ValidationError, ValueError, TypeError, OverflowError) as error:
            # A cursor of somebody's making may hold anything.
            raise NotFound(self.invalid_cursor_message) from error

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["as_of", "next", "previous", "results"],
            "properties": {
                "as_of": {"type": ["string", "null"], "format": "date-time"},
                "next": link,
                "previous": link,
                "results": schema,
            },
        }


class ShallowJSON(JSONParser):
    """JSON as it is sent; what is nested more deeply than Python follows is malformed, and no fault of ours."""

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError("The JSON is nested too deeply.") from error


class TrackingView(APIView):
    """A resource of this API, by the host's own settings of REST framework where it has some: how users log in."""

    permission_classes: Any = (IsAuthenticated,)
    renderer_classes: Any = (JSONRenderer,)
    parser_classes: Any = (ShallowJSON,)
    throttle_classes: Any = (*api_settings.DEFAULT_THROTTLE_CLASSES, RequestsPerMinute)
    versioning_class = None
    schema: Any = Schema()

    def get_exception_handler(self) -> Callable[..., Response | None]:
        return problems.problem_response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        given = [
            *map(str, kwargs.values()),
            *(text for _, texts in request.query_params.lists() for text in texts),
        ]
        if any(
            "\x00" in text for text in given
        ):  # PostgreSQL stores none, and fails where it is asked for one.
            raise NotFound

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        if (
            request.method not in ("GET", "HEAD")
            or response.status_code != 200
            or not hasattr(response, "data")
        ):
            return response
        etag = _etag(response.data)
        response["ETag"] = etag
        if etag in [
            each.strip().removeprefix("W/") for each in request.headers.get("If-None-Match", "").split(",")
        ]:
            response.data, response.status_code = None, 304
        return response


class TrackingListView(TrackingView):
    """A resource of many rows: narrowed by the query, page by page."""

    filter_backends = (DjangoFilterBackend,)
    filterset_class: Any = None
    pagination_class = CursorPages
    ordering: Any = "pk"

    def page(
        self, rows: QuerySet[Any], show: Callable[[Sequence[Any]], Any], *, as_of: datetime | None
    ) -> Response:
        """Answer with one page of ``rows``, narrowed by the query and shown by ``show``."""
        pages = CursorPages()
        pages.ordering = self.ordering
        chosen = DjangoFilterBackend().filter_queryset(self.request, rows, self)
        found = pages.paginate_queryset(chosen, self.request, view=self) or []
        body = {
            "as_of": as_of,
            "next": pages.get_next_link(),
            "previous": pages.get_previous_link(),
            "results": show(found),
        }
        return Response(body)


def figures_as_of(course_key: str) -> datetime | None:
    """Return how far the figures of a course have come."""
    outline = CourseOutline.objects.filter(course_key=course_key).first()
    return freshness.find_freshness(outline, now=timezone.now()).as_of if outline is not None else None


def _etag(data: Any) -> str:
    return f'"{hashlib.sha256(msgspec.json.encode(_still(data), enc_hook=str)).hexdigest()[:32]}"'


def _still(data: Any) -> Any:
    if isinstance(data, dict):
        return {str(name): _still(value) for name, value in data.items() if name not in MOVING}
    return [_still(each) for each in data] if isinstance(data, list | tuple) else data
