"""An instructor's page about how a class goes: week by week, beside another run, group by group, hour by hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tracking import lms
from tracking.dashboards import access, charts, csv_files, frame, trend_tables
from tracking.dashboards.access import personal
from tracking.dashboards.filters import FilterForm
from tracking.insights import anomalies, cohorts, courses, flows, groups, week_pattern
from tracking.insights.groups import GroupFigures

LEAVING_MOST = 8


class BesideForm(FilterForm):
    """Which other class is set beside this one."""

    beside = forms.ChoiceField(label=_("Beside"), required=False)

    def __init__(self, *args: Any, others: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["beside"]
        field.choices = [("", _("no other class")), *others]


@require_safe
@personal
def trends(request: HttpRequest, course_key: str) -> HttpResponseBase:
    """Show how a class goes, beside its previous run, or beside the class of the instructor's named in ``?beside=``.

    ``?table=`` and the name of a table asks for it as a file.
    """
    access.require_class(request.user, course_key)
    now = timezone.now()
    taught = lms.get_adapter().instructed_course_keys(request.user)
    others = [
        (each.course_key, each.title)
        for each in courses.taught([key for key in taught if key != course_key], now=now)
    ]
    previous = None
    if "beside" not in request.GET:
        previous = cohorts.find_previous(course_key, [key for key, _title in others])
    form = BesideForm({"beside": previous.course_key} if previous else request.GET, others=others)
    beside = form.cleaned_data["beside"] if form.is_valid() else ""
    found = cohorts.compare([course_key, *([beside] if beside else [])], now=now)
    mine = access.found(next((each for each in found if each.course_key == course_key), None))
    pattern = access.found(week_pattern.of_class(course_key, now=now))
    flow = access.found(flows.find(course_key, now=now))
    shown = [group for group in access.found(groups.find(course_key, now=now)).groups if not group.is_hidden]
    unusual = anomalies.lately(course_key, freshness=mine.freshness)
    tables = trend_tables.of(found, flow=flow, groups=shown, hours=pattern.hours, unusual=unusual)
    if table := csv_files.asked_for(request, course_key, tables):
        return table
    context = {
        "cohort": mine,
        "other": next((each for each in found if each.course_key == beside), None),
        "is_guess": previous is not None and previous.is_guess,
        "is_named": previous is not None and not previous.is_guess,
        "chart": charts.draw_weeks(*found[:2]),
        "form": form,
        "has_others": bool(others),
        "unusual": anomalies.by_day(unusual),
        "leaving": flow.leaving[:LEAVING_MOST],
        "groups": shown,
        "group_lines": _group_lines(shown),
        "weekdays": charts.shade_hours(pattern.hours),
        "hours": range(24),
    }
    return frame.render_page(request, "tracking/trends.html", context)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLine:
    """One lesson or quiz, and the share of each group that completed it."""

    key: str
    title: str
    shares: tuple[float | None, ...]


def _group_lines(shown: Sequence[GroupFigures]) -> list[GroupLine]:
    return [
        GroupLine(
            key=units[0].key, title=units[0].title, shares=tuple(unit.completed_share for unit in units)
        )
        for units in zip(*(group.units for group in shown), strict=True)
    ]
