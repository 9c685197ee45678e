"""An instructor's page about one lesson or quiz."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from tracking.dashboards import access, areas, frame
from tracking.dashboards.access import personal
from tracking.insights import lesson_overview


@require_safe
@personal
def lesson(request: HttpRequest, course_key: str, unit_key: str) -> HttpResponseBase:
    """Show one lesson or quiz over its class."""
    access.require_class(request.user, course_key)
    found = access.found(lesson_overview.find(course_key, unit_key, now=timezone.now()))
    context = {"lesson": found, "reinforce": areas.by_unit(found.concerns)}
    return frame.render_page(request, "tracking/lesson.html", context)
