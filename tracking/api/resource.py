"""Base of all API resources: authentication, rate limit, error shape, pages and ETags."""

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
from tracking.api.throttles import RequestsPerMinute
from tracking.models import CourseOutline
from tracking.rollups import freshness

PAGE_SIZE = 100
MAX_PAGE_SIZE = 1000

MOVING = frozenset({"as_of", "lag_seconds", "freshness", "since"})
"""Fields that change every second although no figure has changed; left out of the ETag."""


class CursorPages(CursorPagination):
    """Cursor pages, which skip and repeat nothing while rows are added or deleted."""

    page_size = PAGE_SIZE
    page_size_query_param = "page_size"
    max_page_size = MAX_PAGE_SIZE
    ordering = "pk"

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        try:
            return super().paginate_queryset(queryset, request, view=view)
        except (ValidationError, ValueError, TypeError, OverflowError) as error:
            # A client can forge a cursor, so its content is untrusted input.
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
    """JSON parser that rejects nesting beyond Python's recursion limit as malformed, instead of failing with a 500."""

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError("The JSON is nested too deeply.") from error


class TrackingView(APIView):
    """Base view of this API. How users authenticate comes from the host's REST framework settings."""

    permission_classes: Any = (IsAuthenticated,)
    renderer_classes: Any = (JSONRenderer,)
    parser_classes: Any = (ShallowJSON,)
    throttle_classes: Any = (*api_settings.DEFAULT_THROTTLE_CLASSES, RequestsPerMinute)
    versioning_class = None
    schema: Any = (
        None  # The host's description of its API leaves these views out; ours is tracking.api.schema.
    )
    is_described = True

    def get_exception_handler(self) -> Callable[..., Response | None]:
        return problems.problem_response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        texts = [
            *map(str, kwargs.values()),
            *(text for _, values in request.query_params.lists() for text in values),
        ]
        # PostgreSQL cannot store NUL and raises in any query that contains one: reject it here, or it is a 500.
        if any("\x00" in text for text in texts):
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
    """Base view of a list: filtered by the query string, page by page."""

    filter_backends = (DjangoFilterBackend,)
    filterset_class: Any = None
    pagination_class = CursorPages
    ordering: Any = "pk"

    def page(
        self, rows: QuerySet[Any], show: Callable[[Sequence[Any]], Any], *, as_of: datetime | None
    ) -> Response:
        """Return one page of ``rows``, filtered by the query string and serialized by ``show``.

        ``as_of`` is the time up to which the figures are complete.
        """
        pages = CursorPages()
        pages.ordering = self.ordering
        filtered = DjangoFilterBackend().filter_queryset(self.request, rows, self)
        found = pages.paginate_queryset(filtered, self.request, view=self) or []
        body = {
            "as_of": as_of,
            "next": pages.get_next_link(),
            "previous": pages.get_previous_link(),
            "results": show(found),
        }
        return Response(body)


def figures_as_of(course_key: str) -> datetime | None:
    """Return the time up to which the figures of a course are complete, or ``None`` if it has none."""
    outline = CourseOutline.objects.filter(course_key=course_key).first()
    return freshness.find_freshness(outline, now=timezone.now()).as_of if outline is not None else None


def _etag(data: Any) -> str:
    return f'"{hashlib.sha256(msgspec.json.encode(_without_moving(data), enc_hook=str)).hexdigest()[:32]}"'


def _without_moving(data: Any) -> Any:
    if isinstance(data, dict):
        return {str(name): _without_moving(value) for name, value in data.items() if name not in MOVING}
    return [_without_moving(each) for each in data] if isinstance(data, list | tuple) else data
