"""A learner's own pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from tracking import lms
from tracking.dashboards import access, charts, frame, purposes
from tracking.dashboards.access import personal
from tracking.insights import courses, learner_progress


@personal
def me(request: HttpRequest) -> HttpResponse:
    """Show the courses of the learner."""
    context = {
        "courses": courses.learned_by(request.user.pk, now=timezone.now()),
        "teaches": bool(lms.get_adapter().instructed_course_keys(request.user)),
    }
    return frame.render_page(request, "tracking/me.html", context)


@personal
def progress(request: HttpRequest, course_key: str) -> HttpResponse:
    """Show the learner's own way through one course."""
    access.require_enrolment(request.user, course_key)
    found = access.found(learner_progress.find(request.user.pk, course_key, now=timezone.now()))
    context = {
        "progress": found,
        "chart": charts.draw_days(found.days),
        "purposes": purposes.answers_of(request.user.pk),
    }
    return frame.render_page(request, "tracking/progress.html", context)
