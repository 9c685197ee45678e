"""An instructor's trends page: a class by week, compared with another run, by group, and by hour."""

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
from tracking.dashboards.access import login_required_uncached
from tracking.dashboards.course import trend_csv
from tracking.dashboards.course.filters import FilterForm
from tracking.reports.course import activity_hours, anomalies, cohorts, groups, transitions
from tracking.reports.course.groups import GroupReport
from tracking.reports.site import courses

DROP_OFF_COUNT = 8


class ComparisonForm(FilterForm):
    """The other class to compare with."""

    compare_with = forms.ChoiceField(label=_("Compare with"), required=False)

    def __init__(self, *args: Any, others: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["compare_with"]
        field.choices = [("", _("no other class")), *others]


@require_safe
@login_required_uncached
def trends(request: HttpRequest, course_key: str) -> HttpResponseBase:
    """Show the trends of a class, compared with its previous run or with the class in ``?compare_with=``.

    Only classes of this instructor can be compared. ``?table=NAME`` returns that table as a CSV file.
    """
    access.require_class(request.user, course_key)
    now = timezone.now()
    taught = lms.get_adapter().instructed_course_keys(request.user)
    others = [
        (each.course_key, each.title)
        for each in courses.taught_courses([key for key in taught if key != course_key], now=now)
    ]
    previous = None
    if "compare_with" not in request.GET:
        previous = cohorts.find_previous_run(course_key, [key for key, _title in others])
    form = ComparisonForm({"compare_with": previous.course_key} if previous else request.GET, others=others)
    compare_with = form.cleaned_data["compare_with"] if form.is_valid() else ""
    found = cohorts.compare_cohorts([course_key, *([compare_with] if compare_with else [])], now=now)
    mine = access.get_or_404(next((each for each in found if each.course_key == course_key), None))
    pattern = access.get_or_404(activity_hours.class_activity_hours(course_key, now=now))
    flow = access.get_or_404(transitions.find_transitions(course_key, now=now))
    shown = access.get_or_404(groups.find_groups(course_key, now=now)).groups
    unusual = anomalies.recent_anomalies(course_key, freshness=mine.freshness, now=now)
    tables = trend_csv.trend_tables(found, flow=flow, groups=shown, hours=pattern.hours, unusual=unusual)
    if table := csv_files.requested_table(request, course_key, tables):
        return table
    context = {
        "cohort": mine,
        "other": next((each for each in found if each.course_key == compare_with), None),
        "is_guess": previous is not None and previous.is_guess,
        "is_named": previous is not None and not previous.is_guess,
        "chart": charts.draw_weeks(*found[:2]),
        "form": form,
        "has_others": bool(others),
        "anomalies": anomalies.group_by_day(unusual),
        "drop_offs": flow.drop_offs[:DROP_OFF_COUNT],
        "groups": shown,
        "group_lines": _group_lines(shown),
        "weekdays": charts.shade_hours(pattern.hours),
        "hours": range(24),
    }
    return frame.render_page(request, "tracking/trends.html", context)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCompletionRow:
    """One lesson or quiz, and the share of each group that completed it."""

    key: str
    title: str
    shares: tuple[float | None, ...]


def _group_lines(shown: Sequence[GroupReport]) -> list[GroupCompletionRow]:
    return [
        GroupCompletionRow(
            key=units[0].key, title=units[0].title, shares=tuple(unit.completed_share for unit in units)
        )
        for units in zip(*(group.units for group in shown), strict=True)
    ]
