"""A page of the host is done: was it a unit, who opened it, and what does the browser get with it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.safestring import SafeString

from tracking import conf, lms
from tracking.capture.page_views import PageOpening
from tracking.hooks import deferred, injection, snippet, visitors
from tracking.hooks.boundary import guarded
from tracking.hooks.visitors import Visitor
from tracking.lms import Unit, UnitRef
from tracking.lms.view_map import page_of_request
from tracking.privacy import global_privacy_control

RECORDED = "tracking.recorded"
PLACED = "tracking.placed"
INJECTED = "tracking.injected"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownUnit:
    """A unit, and to whom it was shown."""

    visitor: Visitor
    unit: UnitRef


def may_show_unit(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Return whether ``process_response`` is worth calling; reads no user and asks no database."""
    if request.method != "GET" or response.status_code != 200:
        return False
    return lms.get_adapter().may_show_unit(request.resolver_match)


def process_response(request: HttpRequest, response: HttpResponseBase, *, entry: Unit | None = None) -> None:
    """Record that a learner opened the unit that ``response`` shows, and add the browser's part to it.

    ``entry`` says which unit that is where the view map does not. Nothing happens twice for one request, and nothing
    that fails here reaches the host.
    """
    shown = None
    was_accessed = _is_session_accessed(request)
    with guarded("Finding the unit of a page"):
        shown = _find_shown(request, response, entry=entry)
    if shown is not None:
        with guarded("Recording a page view"):
            _record(request, shown)
        if conf.get_settings().INJECT_SCRIPT:
            with guarded("Adding the snippet to a page"):
                _inject(request, response, shown)
    # What was added to the page has said itself that the page varies by cookie.
    _pretend_session_accessed(request, was_accessed)


def snippet_for_template(request: HttpRequest, *, unit: UnitRef | None = None) -> SafeString:
    """Return the browser's part for a page that is being rendered, and see to it that it is not injected as well.

    Empty where the page shows no unit, or the unit is known only once the page is done.
    """
    part = SafeString("")
    if not conf.get_settings().ENABLED or PLACED in request.META:
        return part
    was_accessed = _is_session_accessed(request)
    with guarded("Rendering the snippet of a page"):
        part = _find_part(request, unit)
    if part:
        request.META[PLACED] = True
    else:
        _pretend_session_accessed(request, was_accessed)
    return part


def _find_part(request: HttpRequest, unit: UnitRef | None) -> SafeString:
    adapter = lms.get_adapter()
    unit = unit or adapter.unit_of_request(request, None)
    visitor = visitors.find_visitor(request) if unit is not None else None
    if unit is None or visitor is None or adapter.ignore(request):
        return SafeString("")
    return snippet.render_snippet(request, visitor=visitor, unit=unit)


def _find_shown(request: HttpRequest, response: HttpResponseBase, *, entry: Unit | None) -> ShownUnit | None:
    if not conf.get_settings().ENABLED or request.method != "GET" or response.status_code != 200:
        return None
    adapter = lms.get_adapter()
    unit = _declared(request, response, entry) if entry else adapter.unit_of_request(request, response)
    visitor = visitors.find_visitor(request) if unit is not None else None
    if unit is None or visitor is None or adapter.ignore(request):
        return None
    unit = adapter.viewed(request, response, unit)
    return ShownUnit(visitor=visitor, unit=unit) if unit is not None else None


def _declared(request: HttpRequest, response: HttpResponseBase, entry: Unit) -> UnitRef | None:
    match = request.resolver_match
    if match is None:
        return None
    return lms.get_adapter().view_map.unit_of(entry, page_of_request(match, request, response))


def _is_session_accessed(request: HttpRequest) -> bool:
    return bool(getattr(getattr(request, "session", None), "accessed", True))


def _pretend_session_accessed(request: HttpRequest, was_accessed: bool) -> None:  # noqa: FBT001  Its only subject.
    """Take back that the session was read, for which Django would make the host's page vary by cookie."""
    if not was_accessed and not request.session.modified:
        request.session.accessed = False


def _record(request: HttpRequest, shown: ShownUnit) -> None:
    # A page that the browser fetches ahead is not opened; should it be, its script tells.
    if RECORDED in request.META or "prefetch" in request.headers.get("Sec-Purpose", ""):
        return
    request.META[RECORDED] = True
    opening = PageOpening(
        learner_id=shown.visitor.learner_id,
        unit=shown.unit,
        at=timezone.now(),
        has_opted_out=global_privacy_control.asks_for_privacy(request),
    )
    deferred.defer_page_view(opening)


def _inject(request: HttpRequest, response: HttpResponseBase, shown: ShownUnit) -> None:
    if not request.META.keys().isdisjoint({PLACED, INJECTED}) or not injection.is_html_page(
        request, response
    ):
        return
    part = snippet.render_snippet(request, visitor=shown.visitor, unit=shown.unit)
    if part and injection.inject_snippet(response, part, is_placed=lambda: PLACED in request.META):
        request.META[INJECTED] = True
