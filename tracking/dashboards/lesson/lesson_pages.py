"""An instructor's page about one lesson or quiz."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from tracking.dashboards import access, csv_files, frame
from tracking.dashboards.access import login_required_uncached
from tracking.dashboards.course import finding_groups
from tracking.dashboards.lesson import lesson_csv
from tracking.reports.lesson import overview

QUESTIONS_PER_PAGE = 50


@require_safe
@login_required_uncached
def lesson(request: HttpRequest, course_key: str, unit_key: str) -> HttpResponseBase:
    """Show the figures of one lesson or quiz. ``?table=NAME`` returns that table as a CSV file."""
    access.require_class(request.user, course_key)
    found = access.get_or_404(overview.find_lesson_overview(course_key, unit_key, now=timezone.now()))
    if found.figures and (
        table := csv_files.requested_table(request, unit_key, lesson_csv.lesson_tables(found.figures))
    ):
        return table
    questions = found.figures.questions if found.figures else ()
    context = {
        "lesson": found,
        "figures": found.figures,
        "questions": Paginator(questions, QUESTIONS_PER_PAGE).get_page(request.GET.get("questions")),
        "class_finding_groups": finding_groups.group_by_unit(found.findings),
    }
    return frame.render_page(request, "tracking/lesson.html", context)
