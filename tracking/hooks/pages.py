"""Handles a finished page of the host: finds its unit and learner, records the page view, adds the snippet."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.safestring import SafeString

from tracking import conf, lms
from tracking.capture.page_views import PageOpening
from tracking.hooks import deferred, injection, roles, snippet, visitors
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
    """A unit, and the visitor to whom it was shown."""

    visitor: Visitor
    unit: UnitRef


def may_show_unit(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Return whether ``process_response`` is worth calling. Reads no user and makes no query."""
    if not _is_shown(request, response):
        return False
    return lms.get_adapter().may_show_unit(request.resolver_match)


def process_response(request: HttpRequest, response: HttpResponseBase, *, entry: Unit | None = None) -> None:
    """Record that a learner opened the unit that ``response`` shows, and inject the snippet.

    ``entry`` declares the unit if the view map does not. A second call for one request does nothing. Never raises into
    the host.
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
    # The injected snippet sets "Vary: Cookie" itself, so reading the session need not.
    _pretend_session_accessed(request, was_accessed)


def snippet_for_template(request: HttpRequest, *, unit: UnitRef | None = None) -> SafeString:
    """Return the snippet for a page that is being rendered, and prevent that it is injected as well.

    Empty if the page shows no unit, or if the unit is known only after the response.
    """
    html = SafeString("")
    if not conf.get_settings().ENABLED or PLACED in request.META:
        return html
    was_accessed = _is_session_accessed(request)
    with guarded("Rendering the snippet of a page"):
        html = _find_snippet(request, unit)
    if html:
        request.META[PLACED] = True
    else:
        _pretend_session_accessed(request, was_accessed)
    return html


def _find_snippet(request: HttpRequest, unit: UnitRef | None) -> SafeString:
    adapter = lms.get_adapter()
    unit = unit or adapter.unit_of_request(request, None)
    visitor = visitors.find_visitor(request) if unit is not None else None
    if unit is None or visitor is None or not _is_learning(request, visitor, unit):
        return SafeString("")
    return snippet.render_snippet(request, visitor=visitor, unit=unit)


def _find_shown(request: HttpRequest, response: HttpResponseBase, *, entry: Unit | None) -> ShownUnit | None:
    if not conf.get_settings().ENABLED or not _is_shown(request, response):
        return None
    adapter = lms.get_adapter()
    unit = _declared_unit(request, response, entry) if entry else adapter.unit_of_request(request, response)
    visitor = visitors.find_visitor(request) if unit is not None else None
    if unit is None or visitor is None or not _is_learning(request, visitor, unit):
        return None
    unit = adapter.viewed(request, response, unit)
    return ShownUnit(visitor=visitor, unit=unit) if unit is not None else None


def _is_learning(request: HttpRequest, visitor: Visitor, unit: UnitRef) -> bool:
    """Return whether the request is a learner's own: who teaches a course is no learner of it, whatever they agreed."""
    return not lms.get_adapter().ignore(request) and not roles.is_course_instructor(
        visitor, unit.course_key, within=roles.KEPT_SECONDS
    )


def _is_shown(request: HttpRequest, response: HttpResponseBase) -> bool:
    if response.status_code != 200:
        return False
    # A quiz that asks one question at a time shows the next page as the answer to a POST. An API answers with no page.
    return request.method == "GET" or (request.method == "POST" and injection.is_html_page(request, response))


def _declared_unit(request: HttpRequest, response: HttpResponseBase, entry: Unit) -> UnitRef | None:
    match = request.resolver_match
    if match is None:
        return None
    return lms.get_adapter().view_map.unit_of(entry, page_of_request(match, request, response))


def _is_session_accessed(request: HttpRequest) -> bool:
    return bool(getattr(getattr(request, "session", None), "accessed", True))


def _pretend_session_accessed(request: HttpRequest, was_accessed: bool) -> None:  # noqa: FBT001  The name explains it.
    """Reset the flag that the session was read. If set, Django would make the host's page vary by cookie."""
    if not was_accessed and not request.session.modified:
        request.session.accessed = False


def _record(request: HttpRequest, shown: ShownUnit) -> None:
    # A prefetched page is not opened yet, and the answer to a form need not be a new page. Their tracker reports it.
    if (
        request.method != "GET"
        or RECORDED in request.META
        or "prefetch" in request.headers.get("Sec-Purpose", "")
    ):
        return
    # A view can be decorated and mapped too. The flag keeps one request from being recorded twice.
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
    html = snippet.render_snippet(request, visitor=shown.visitor, unit=shown.unit)
    if html and injection.inject_snippet(response, html, is_placed=lambda: PLACED in request.META):
        request.META[INJECTED] = True
