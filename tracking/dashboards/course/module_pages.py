"""An instructor's pages about one module, and the progress grid."""

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
    """Show one module of a class: its lessons, how many learners to check in with about it, and its progress grid."""
    access.require_class(request.user, course_key)
    overview = access.get_or_404(class_units.find_class_units(course_key, now=timezone.now()))
    report = next((each for each in overview.modules if each.key == module_key), None)
    if report is None:
        raise Http404(f"{module_key!r} is not a module of {course_key!r}.")
    if request.GET.get("table") == "lessons":
        return class_csv.lessons_csv(course_key, report.units)
    grid = access.get_or_404(
        course_progress_grid.open_grid(course_key, now=timezone.now(), module_key=module_key)
    )
    learner_filter = GridFilter(request.GET, grid=grid)
    if request.GET.get("table") == "states":
        access_log.log_class_access(request.user, course_key, AccessedResource.CLASS_EXPORT)
        return class_csv.progress_grid_csv(grid, learner_filter.learners)
    access_log.log_class_access(request.user, course_key)
    keys = {unit.key for unit in report.units}
    context = {
        "overview": overview,
        "module": report,
        "lessons": Paginator(report.units, LESSONS_PER_PAGE).get_page(request.GET.get("lessons")),
        "class_finding_groups": finding_groups.group_by_unit(
            each for each in overview.findings if each.unit_key in keys
        ),
        "check_in_count": overview.count_learners_to_check_in(keys),
        **_grid_context(request, grid, learner_filter),
    }
    return frame.render_page(request, "tracking/module.html", context)


@require_safe
@login_required_uncached
def progress_grid(request: HttpRequest, course_key: str) -> HttpResponseBase:
    """Show the progress grid: the state of every learner in every module."""
    access.require_class(request.user, course_key)
    grid = access.get_or_404(course_progress_grid.open_grid(course_key, now=timezone.now()))
    learner_filter = GridFilter(request.GET, grid=grid)
    if request.GET.get("table") == "states":
        access_log.log_class_access(request.user, course_key, AccessedResource.CLASS_EXPORT)
        return class_csv.progress_grid_csv(grid, learner_filter.learners)
    access_log.log_class_access(request.user, course_key)
    return frame.render_page(
        request, "tracking/progress_grid.html", _grid_context(request, grid, learner_filter)
    )


def _grid_context(request: HttpRequest, grid: ProgressGrid, learner_filter: GridFilter) -> dict[str, Any]:
    """Return one page of learners and one page of columns of the grid."""
    # Both are paged, because a template takes 5.8 s to render 100,000 cells.
    page = Paginator(learner_filter.learners, LEARNERS_PER_PAGE).get_page(request.GET.get("page"))
    columns = Paginator(grid.columns, course_progress_grid.WIDEST).get_page(request.GET.get("columns"))
    return {
        "grid": grid,
        "filter": learner_filter,
        "learners": page,
        "columns": columns,
        "states": LEGEND,
        "rows": course_progress_grid.grid_rows(grid, list(page), list(columns)),
    }
