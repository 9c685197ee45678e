"""What was done about a class as a whole: by whom, when, and whether it stands."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from tracking.dashboards import access, frame, outcomes
from tracking.dashboards.access import personal
from tracking.insights import action_log, freshness


@require_safe
@personal
def class_history(request: HttpRequest, course_key: str) -> HttpResponse:
    """Show what instructors did about the class, newest first; what stands can be taken back."""
    access.require_class(request.user, course_key)
    course = access.found(freshness.read(course_key))
    context = {
        "course_key": course_key,
        "course_title": course.outline.title,
        "freshness": freshness.of(course, now=timezone.now()),
        "history": action_log.read(course_key, None),
        "outcome": outcomes.of(request),
        "next": request.path,
    }
    return frame.render_page(request, "tracking/class_history.html", context)
