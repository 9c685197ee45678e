"""Page with the log of actions about a class as a whole: who did what, when, and whether it was undone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from tracking.dashboards import access, frame
from tracking.dashboards.access import login_required_uncached
from tracking.dashboards.course import action_results
from tracking.findings import action_log
from tracking.rollups import freshness


@require_safe
@login_required_uncached
def class_history(request: HttpRequest, course_key: str) -> HttpResponse:
    """Show instructors' actions about the class, newest first. Actions in effect can be undone."""
    access.require_class(request.user, course_key)
    course = access.get_or_404(freshness.read_course_freshness(course_key))
    context = {
        "course_key": course_key,
        "course_title": course.outline.title,
        "freshness": freshness.course_freshness(course, now=timezone.now()),
        "action_log": action_log.read_action_log(course_key, None),
        "action_result": action_results.result_of_request(request),
        "next": request.path,
    }
    return frame.render_page(request, "tracking/class_action_log.html", context)
