"""An instructor's page about learners at risk of not finishing, and the risk threshold."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from tracking.dashboards import access, csv_files, frame
from tracking.dashboards.access import login_required_uncached
from tracking.dashboards.course.filters import FilterForm
from tracking.dashboards.csv_files import CsvTable
from tracking.privacy import access_log
from tracking.privacy.access_log import AccessedResource
from tracking.reports.course import risk as course_risk
from tracking.reports.course.risk import RiskOverview
from tracking.risk import assessment
from tracking.rollups import freshness

LEARNERS_PER_PAGE = 50
THRESHOLDS = {
    "threshold": "threshold",
    "flagged": "flagged_count",
    "precision": "precision",
    "recall": "recall",
}
RISKS = ("learner_id", "learner", "group", "risk", "score", "components")
SITE = "site"
"""Posted value that sets the threshold of a course back to the site's."""


class ThresholdForm(FilterForm):
    """The risk from which a learner is at risk."""

    threshold = forms.TypedChoiceField(
        label=_("At-risk threshold"),
        required=False,
        coerce=float,
        empty_value=None,
        choices=lambda: [(str(step), number_format(step)) for step in assessment.STEPS],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required_uncached
def risk(request: HttpRequest, course_key: str) -> HttpResponseBase:
    """Show the learners at risk, by the current threshold or the one in ``?threshold=``; a POST sets it.

    ``?table=NAME`` returns that table as a CSV file.
    """
    access.require_class(request.user, course_key)
    if request.method == "POST":
        return _set_threshold(request, course_key)
    form = ThresholdForm(request.GET)
    threshold = form.cleaned_data["threshold"] if form.is_valid() else None
    overview = access.get_or_404(
        course_risk.find_risk_overview(course_key, now=timezone.now(), threshold=threshold)
    )
    tables = {
        "thresholds": partial(csv_files.csv_table, THRESHOLDS, overview.effects),
        "risks": partial(_risks, overview),
    }
    table = csv_files.requested_table(request, course_key, tables)
    access_log.log_class_access(
        request.user, course_key, AccessedResource.CLASS if table is None else AccessedResource.CLASS_EXPORT
    )
    if table is not None:
        return table
    context = {
        "overview": overview,
        "form": _threshold_form(overview),
        "learners": Paginator(overview.flagged, LEARNERS_PER_PAGE).get_page(request.GET.get("page")),
        "is_saved": request.GET.get("saved") == "yes",
    }
    return frame.render_page(request, "tracking/risk.html", context)


def _set_threshold(request: HttpRequest, course_key: str) -> HttpResponse:
    access.get_or_404(freshness.read_course_freshness(course_key))
    threshold = None
    if request.POST.get("threshold") != SITE:
        form = ThresholdForm(request.POST)
        threshold = form.cleaned_data["threshold"] if form.is_valid() else None
        if threshold is None:
            return HttpResponseBadRequest()
    assessment.set_risk_threshold(course_key, threshold, by=request.user, now=timezone.now())
    return redirect(f"{reverse('tracking:class_risk', args=[course_key])}?saved=yes")


def _risks(overview: RiskOverview) -> CsvTable:
    return CsvTable(
        columns=RISKS,
        rows=(
            (
                line.risk.learner_id,
                line.name,
                line.group_title,
                line.risk.risk,
                line.risk.score,
                "; ".join(f"{part.name} {part.points:.2f}" for part in line.risk.components),
            )
            for line in overview.flagged
        ),
    )


def _threshold_form(overview: RiskOverview) -> ThresholdForm:
    form = ThresholdForm({"threshold": str(overview.effect.threshold)})
    field: Any = form.fields["threshold"]
    if overview.effect.threshold not in assessment.STEPS:
        field.choices = [("", gettext("current threshold")), *field.choices]
    return form
