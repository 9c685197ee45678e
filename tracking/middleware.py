"""The main hook: checks every response, and handles those that show a unit to a learner."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tracking import conf, lms
from tracking.exceptions import AdapterError
from tracking.hooks import pages
from tracking.hooks.boundary import report_and_count

logger = logging.getLogger("tracking.capture")


class TrackingMiddleware:
    """Records page views, and adds the tracker or the consent prompt to the pages.

    The user and the unit are read after the response, because some hosts know them only then. If tracking is disabled
    or has no usable adapter, the middleware removes itself.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        if not conf.get_settings().ENABLED:
            raise MiddlewareNotUsed("TRACKING['ENABLED'] is off.")
        try:
            lms.get_adapter()
        except AdapterError as error:
            logger.exception("The adapter cannot be used, so nothing is recorded. Run manage.py check.")
            # Django drops the middleware, so the site works as if it were not listed. tracking.E003 reports it.
            raise MiddlewareNotUsed(str(error)) from error
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.is_async:
            return self._call_async(request)
        response: HttpResponseBase = self.get_response(request)
        if _may_show_unit(request, response):
            pages.process_response(request, response)
        return response

    async def _call_async(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = await self.get_response(request)
        if _may_show_unit(request, response):
            # Finding the user and rendering the snippet may query the database, which must not block the event loop.
            await sync_to_async(pages.process_response)(request, response)
        return response


def _may_show_unit(request: HttpRequest, response: HttpResponseBase) -> bool:
    try:
        return pages.may_show_unit(request, response)
    except Exception as error:  # noqa: BLE001  This is the boundary.
        report_and_count("Deciding whether a page is tracked", error)
        return False
