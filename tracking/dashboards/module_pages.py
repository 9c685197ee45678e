"""An instructor's pages about one module, and about where every learner stands."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from tracking.dashboards import access, areas, class_tables, frame
from tracking.dashboards.access import personal
from tracking.dashboards.filters import SheetFilter
from tracking.insights import class_overview, state_matrix
from tracking.insights.state_matrix import Sheet
from tracking.models import State
from tracking.privacy import access_log
from tracking.privacy.access_log import What

LEARNERS_PER_PAGE = 50
LESSONS_PER_PAGE = 100
LEGEND = (
    State.COMPLETED,
    State.IN_PROGRESS,
    State.SUBMITTED,
    State.FAILED,
    State.SKIPPED,
    State.SKIMMED,
    State.BOUNCED,
    State.NOT_REACHED,
)


@require_safe
@personal
def module(request: HttpRequest, course_key: str, module_key: str) -> HttpResponseBase:
    """Show one module of a class: its lessons, whom to check in with about it, and where every learner stands in it."""
    access.require_class(request.user, course_key)
    overview = access.found(class_overview.find(course_key, now=timezone.now()))
    measures = next((each for each in overview.modules if each.key == module_key), None)
    if measures is None:
        raise Http404(f"{module_key!r} is no module of {course_key!r}.")
    if request.GET.get("table") == "lessons":
        return class_tables.lessons(course_key, measures.units)
    sheet = access.found(state_matrix.open_sheet(course_key, now=timezone.now(), module_key=module_key))
    chosen = SheetFilter(request.GET, sheet=sheet)
    if request.GET.get("table") == "states":
        access_log.record_class_look(request.user, course_key, What.CLASS_EXPORT)
        return class_tables.matrix(sheet, chosen.learners)
    access_log.record_class_look(request.user, course_key)
    keys = {unit.key for unit in measures.units}
    context = {
        "overview": overview,
        "module": measures,
        "lessons": Paginator(measures.units, LESSONS_PER_PAGE).get_page(request.GET.get("lessons")),
        "reinforce": areas.by_unit(each for each in overview.reinforce if each.unit_key in keys),
        "check_in_count": sum(
            any(each.unit_key in keys for each in row.concerns) for row in overview.check_in
        ),
        **_matrix(request, sheet, chosen),
    }
    return frame.render_page(request, "tracking/module.html", context)


@require_safe
@personal
def matrix(request: HttpRequest, course_key: str) -> HttpResponseBase:
    """Show where every learner stands with every module."""
    access.require_class(request.user, course_key)
    sheet = access.found(state_matrix.open_sheet(course_key, now=timezone.now()))
    chosen = SheetFilter(request.GET, sheet=sheet)
    if request.GET.get("table") == "states":
        access_log.record_class_look(request.user, course_key, What.CLASS_EXPORT)
        return class_tables.matrix(sheet, chosen.learners)
    access_log.record_class_look(request.user, course_key)
    return frame.render_page(request, "tracking/matrix.html", _matrix(request, sheet, chosen))


def _matrix(request: HttpRequest, sheet: Sheet, chosen: SheetFilter) -> dict[str, Any]:
    """Return a page of learners and a page of columns: never more cells than a browser shows at once."""
    page = Paginator(chosen.learners, LEARNERS_PER_PAGE).get_page(request.GET.get("page"))
    columns = Paginator(sheet.columns, state_matrix.WIDEST).get_page(request.GET.get("columns"))
    return {
        "sheet": sheet,
        "filter": chosen,
        "learners": page,
        "columns": columns,
        "states": LEGEND,
        "rows": state_matrix.rows(sheet, list(page), list(columns)),
    }
