"""Views that declare which unit they show, for hosts that prefer this to a view map."""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine
from inspect import iscoroutine, iscoroutinefunction
from typing import Any, TypeVar, cast

from asgiref.sync import sync_to_async
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse

from tracking.hooks import pages
from tracking.lms import Unit

V = TypeVar("V", bound=Callable[..., Any])


def tracked(entry: Unit) -> Callable[[V], V]:
    """Record that a learner opened the unit that the decorated view shows. The view may be async.

    ``@tracked(Unit("courses.Lesson", course="course_slug", unit="pk"))``. Under ``cache_page``, only the first of many
    requests reaches the view, so use the middleware and the view map there.
    """

    def decorate(view: V) -> V:
        @functools.wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return _finish(request, view(request, *args, **kwargs), entry)

        @functools.wraps(view)
        async def async_wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return await _finish_async(request, view(request, *args, **kwargs), entry)

        return cast("V", async_wrapper if iscoroutinefunction(view) else wrapper)

    return decorate


class TrackedViewMixin:
    """Mixin for a class-based view, sync or async, whose ``tracked_unit`` declares the unit it shows."""

    tracked_unit: Unit

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # The view's, which comes next.
        if iscoroutine(response):
            return _finish_async(request, response, self.tracked_unit)
        return _finish(request, response, self.tracked_unit)


def _finish(request: HttpRequest, response: HttpResponseBase, entry: Unit) -> HttpResponseBase:
    if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
        # A response that is not rendered yet has no content to inject the snippet into.
        response.add_post_render_callback(
            lambda rendered: pages.process_response(request, rendered, entry=entry)
        )
    else:
        pages.process_response(request, response, entry=entry)
    return response


async def _finish_async(
    request: HttpRequest, response: Coroutine[Any, Any, HttpResponseBase], entry: Unit
) -> HttpResponseBase:
    return await sync_to_async(_finish)(request, await response, entry)
