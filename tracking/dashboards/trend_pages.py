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
from tracking.dashboards import access, charts, csv_files, frame
from tracking.dashboards.access import personal
from tracking.dashboards.filters import FilterForm
from tracking.insights import anomalies, cohorts, courses, flows, groups, week_pattern
from tracking.insights.cohorts import Cohort
from tracking.insights.groups import Groups

WEEKS = (
    "course_key", "course", "week", "learners", "learner_share", "active_seconds", "views", "accesses", "attempts",
)  # fmt: skip
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
    """Show how a class goes, beside the class named in ``?beside=`` where the instructor teaches that, too."""
    access.require_class(request.user, course_key)
    now = timezone.now()
    taught = lms.get_adapter().instructed_course_keys(request.user)
    others = [
        (each.course_key, each.title)
        for each in courses.taught([key for key in taught if key != course_key], now=now)
    ]
    form = BesideForm(request.GET, others=others)
    beside = form.cleaned_data["beside"] if form.is_valid() else ""
    found = cohorts.compare([course_key, *([beside] if beside else [])], now=now)
    mine = access.found(next((each for each in found if each.course_key == course_key), None))
    if request.GET.get("table") == "weeks":
        return csv_files.stream("weeks", WEEKS, _rows(found))
    pattern = access.found(week_pattern.of_class(course_key, now=now))
    flow = access.found(flows.find(course_key, now=now))
    of_groups = access.found(groups.find(course_key, now=now))
    context = {
        "cohort": mine,
        "other": next((each for each in found if each.course_key == beside), None),
        "chart": charts.draw_weeks(*found[:2]),
        "form": form,
        "has_others": bool(others),
        "anomalies": anomalies.lately(course_key, freshness=mine.freshness),
        "leaving": flow.leaving[:LEAVING_MOST],
        **_groups(of_groups),
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


def _groups(found: Groups) -> dict[str, Any]:
    shown = [group for group in found.groups if not group.is_hidden]
    lines = [
        GroupLine(
            key=units[0].key, title=units[0].title, shares=tuple(unit.completed_share for unit in units)
        )
        for units in zip(*(group.units for group in shown), strict=True)
    ]
    return {"groups": shown, "group_lines": lines}


def _rows(found: Sequence[Cohort]) -> list[tuple[object, ...]]:
    return [
        (
            cohort.course_key,
            cohort.course_title,
            week.week + 1,
            week.learner_count,
            week.learner_share,
            week.active_seconds,
            week.view_count,
            week.access_count,
            week.attempt_count,
        )
        for cohort in found
        for week in cohort.weeks
    ]
