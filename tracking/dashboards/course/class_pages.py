"""An instructor's pages: the list of classes, and one class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from tracking import lms
from tracking.dashboards import access, frame
from tracking.dashboards.access import login_required_uncached
from tracking.dashboards.course import action_results, class_csv, class_learner_table, finding_groups
from tracking.dashboards.course.filters import LearnerFilter
from tracking.models import DismissReason
from tracking.outreach import messages
from tracking.privacy import access_log
from tracking.privacy.access_log import AccessedResource
from tracking.reports.course import overview as course_overview
from tracking.reports.course.overview import ClassOverview
from tracking.reports.site import courses

LEARNERS_PER_PAGE = 50
CHECK_IN_COUNT = 6
"""Learners shown in full at the top; the rest are a link away."""
AREAS_PER_PAGE = 6
"""What a class should review, the most important first. A list of a thousand lessons would help no one."""
EXPANDED_UNITS = 40
"""In a course with more units than this, each module is one line, and one module at a time is expanded."""


@require_safe
@login_required_uncached
def classes(request: HttpRequest) -> HttpResponseBase:
    """Show the classes that the instructor teaches."""
    keys = list(lms.get_adapter().instructed_course_keys(request.user))
    return frame.render_page(
        request, "tracking/classes.html", {"classes": courses.taught_courses(keys, now=timezone.now())}
    )


@require_safe
@login_required_uncached
def class_(request: HttpRequest, course_key: str) -> HttpResponseBase:
    """Show one class: its findings, the check-in list, every lesson and every learner.

    ``?table=NAME`` returns that table as a CSV file.
    """
    access.require_class(request.user, course_key)
    now = timezone.now()
    overview = access.get_or_404(course_overview.find_class_overview(course_key, now=now))
    learner_filter = LearnerFilter(request.GET, overview=overview, now=now)
    order = class_learner_table.parse_order(request.GET.get("sort", ""))
    learners = class_learner_table.sort_learners(learner_filter.learners, order)
    table = _table(request.GET.get("table", ""), overview, learners)
    what = AccessedResource.CLASS if table is None else AccessedResource.CLASS_EXPORT
    # Log before the response: an access logged afterwards would miss a download that is cut off.
    access_log.log_class_access(request.user, course_key, what)
    if table is not None:
        return table
    context = {
        "overview": overview,
        "class_finding_groups": Paginator(
            finding_groups.group_by_unit(overview.reinforce), AREAS_PER_PAGE
        ).get_page(request.GET.get("areas")),
        **_check_in(overview),
        "dismiss_reasons": DismissReason.choices,
        "action_result": action_results.result_of_request(request),
        "next": request.get_full_path(),
        **_expansion(overview, request.GET.get("expand")),
        "filter": learner_filter,
        "columns": class_learner_table.table_columns(order),
        "learners": Paginator(learners, LEARNERS_PER_PAGE).get_page(request.GET.get("page")),
    }
    return frame.render_page(request, "tracking/class.html", context)


def _check_in(overview: ClassOverview) -> dict[str, Any]:
    """Return the first learners of the check-in list, each with whether they accept messages."""
    shown = overview.check_in[:CHECK_IN_COUNT]
    accepting = (
        messages.learners_accepting_messages([row.learner_id for row in shown], overview.course_key)
        if shown
        else set()
    )
    return {"check_in": [(row, row.learner_id in accepting) for row in shown]}


def _table(name: str, overview: ClassOverview, learners: list[Any]) -> HttpResponseBase | None:
    key = overview.course_key
    tables: Mapping[str, Callable[[], HttpResponseBase]] = {
        "learners": partial(class_csv.learners_csv, key, learners),
        "check-in": partial(class_csv.check_in_csv, key, overview.check_in),
        "lessons": partial(class_csv.lessons_csv, key, overview.units),
        "questions": partial(class_csv.questions_csv, key),
        "changes": partial(class_csv.changes_csv, overview),
    }
    return tables[name]() if name in tables else None


def _expansion(overview: ClassOverview, expand: str | None) -> dict[str, Any]:
    """Return whether modules are collapsed, and the key of the one that is expanded."""
    return {
        "is_collapsed": len(overview.units) > EXPANDED_UNITS and len(overview.modules) > 1,
        "expanded": expand,
    }
