"""An instructor's pages about one module, and about where every learner stands."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from tracking.dashboards import access, frame
from tracking.dashboards.access import login_required_uncached
from tracking.dashboards.course import class_csv, finding_groups
from tracking.dashboards.course.filters import GridFilter
from tracking.models import UnitState
from tracking.privacy import access_log
from tracking.privacy.access_log import AccessedResource
from tracking.reports.course import class_units
from tracking.reports.course import progress_grid as course_progress_grid
from tracking.reports.course.progress_grid import ProgressGrid

LEARNERS_PER_PAGE = 50
LESSONS_PER_PAGE = 100
LEGEND = (
    UnitState.COMPLETED,
    UnitState.IN_PROGRESS,
    UnitState.SUBMITTED,
    UnitState.FAILED,
    UnitState.SKIPPED,
    UnitState.SKIMMED,
    UnitState.BOUNCED,
    UnitState.NOT_REACHED,
)


@require_safe
@login_required_uncached
def module(request: HttpRequest, course_key: str, module_key: str) -> HttpResponseBase:
    """Show one module of a class: its lessons, whom to check in with about it, and where every learner stands in it."""
    access.require_class(request.user, course_key)
    overview = access.get_or_404(class_units.find_class_units(course_key, now=timezone.now()))
    measures = next((each for each in overview.modules if each.key == module_key), None)
    if measures is None:
        raise Http404(f"{module_key!r} is not a module of {course_key!r}.")
    if request.GET.get("table") == "lessons":
        return class_csv.lessons_csv(course_key, measures.units)
    sheet = access.get_or_404(
        course_progress_grid.open_grid(course_key, now=timezone.now(), module_key=module_key)
    )
    chosen = GridFilter(request.GET, sheet=sheet)
    if request.GET.get("table") == "states":
        access_log.log_class_access(request.user, course_key, AccessedResource.CLASS_EXPORT)
        return class_csv.progress_grid_csv(sheet, chosen.learners)
    access_log.log_class_access(request.user, course_key)
    keys = {unit.key for unit in measures.units}
    context = {
        "overview": overview,
        "module": measures,
        "lessons": Paginator(measures.units, LESSONS_PER_PAGE).get_page(request.GET.get("lessons")),
        "class_finding_groups": finding_groups.group_by_unit(
            each for each in overview.findings if each.unit_key in keys
        ),
        "check_in_count": overview.count_learners_to_check_in(keys),
        **_matrix(request, sheet, chosen),
    }
    return frame.render_page(request, "tracking/module.html", context)


@require_safe
@login_required_uncached
def progress_grid(request: HttpRequest, course_key: str) -> HttpResponseBase:
    """Show where every learner stands with every module."""
    access.require_class(request.user, course_key)
    sheet = access.get_or_404(course_progress_grid.open_grid(course_key, now=timezone.now()))
    chosen = GridFilter(request.GET, sheet=sheet)
    if request.GET.get("table") == "states":
        access_log.log_class_access(request.user, course_key, AccessedResource.CLASS_EXPORT)
        return class_csv.progress_grid_csv(sheet, chosen.learners)
    access_log.log_class_access(request.user, course_key)
    return frame.render_page(request, "tracking/progress_grid.html", _matrix(request, sheet, chosen))


def _matrix(request: HttpRequest, sheet: ProgressGrid, chosen: GridFilter) -> dict[str, Any]:
    """Return a page of learners and a page of columns: never more cells than a browser shows at once."""
    page = Paginator(chosen.learners, LEARNERS_PER_PAGE).get_page(request.GET.get("page"))
    columns = Paginator(sheet.columns, course_progress_grid.WIDEST).get_page(request.GET.get("columns"))
    return {
        "grid": sheet,
        "filter": chosen,
        "learners": page,
        "columns": columns,
        "states": LEGEND,
        "rows": course_progress_grid.grid_rows(sheet, list(page), list(columns)),
    }
