"""An instructor's page about one lesson or quiz."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from tracking.dashboards import access, areas, csv_files, frame, lesson_tables
from tracking.dashboards.access import personal
from tracking.insights import lesson_overview

QUESTIONS_PER_PAGE = 50


@require_safe
@personal
def lesson(request: HttpRequest, course_key: str, unit_key: str) -> HttpResponseBase:
    """Show one lesson or quiz over its class. ``?table=`` and the name of a table asks for it as a file."""
    access.require_class(request.user, course_key)
    found = access.found(lesson_overview.find(course_key, unit_key, now=timezone.now()))
    if found.figures and (table := csv_files.asked_for(request, unit_key, lesson_tables.of(found.figures))):
        return table
    questions = found.figures.questions if found.figures else ()
    context = {
        "lesson": found,
        "figures": found.figures,
        "questions": Paginator(questions, QUESTIONS_PER_PAGE).get_page(request.GET.get("questions")),
        "reinforce": areas.by_unit(found.concerns),
    }
    return frame.render_page(request, "tracking/lesson.html", context)
