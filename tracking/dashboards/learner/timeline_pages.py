"""What a learner did, by visit and by attempt: the same pages for the learner and for instructors."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tracking import lms
from tracking.dashboards import access, csv_files, frame
from tracking.dashboards.access import login_required_uncached
from tracking.dashboards.course.filters import FilterForm
from tracking.dashboards.learner import learner_csv
from tracking.privacy import access_log
from tracking.privacy.access_log import AccessedResource
from tracking.reports.learner import attempt_review, visit_timeline
from tracking.reports.learner.visit_timeline import VisitTimeline

VISITS_PER_PAGE = 20
COLUMNS = (
    "at", "step", "unit_key", "unit", "active_seconds", "estimated_seconds", "attempt_number", "share",
    "is_passed", "visit",
)  # fmt: skip


class TimelinePeriod(TextChoices):
    """Period that a timeline covers."""

    WEEK = "7", _("the last 7 days")
    MONTH = "28", _("the last 28 days")
    QUARTER = "90", _("the last 90 days")
    ALL = "all", _("all time")


class TimelineForm(FilterForm):
    """The period of the timeline."""

    period = forms.ChoiceField(
        label=_("Period"), choices=TimelinePeriod.choices, required=False, initial=TimelinePeriod.MONTH
    )


@require_safe
@login_required_uncached
def my_timeline(request: HttpRequest, course_key: str) -> HttpResponseBase:
    """Show learners what they did in a course."""
    access.require_enrolment(request.user, course_key)
    return _render_timeline(request, request.user.pk, course_key, {"is_own": True})


@require_safe
@login_required_uncached
def learner_timeline(request: HttpRequest, course_key: str, learner_id: str) -> HttpResponseBase:
    """Show an instructor what a learner did in the course."""
    access.require_class(request.user, course_key)
    learner = access.get_learner(learner_id, course_key)
    access_log.log_access(request.user, learner.pk, AccessedResource.TIMELINE, course_key=course_key)
    name = lms.get_adapter().display_name(learner)
    return _render_timeline(request, learner.pk, course_key, {"is_own": False, "name": name})


@require_safe
@login_required_uncached
def my_attempt(request: HttpRequest, course_key: str, attempt_id: int) -> HttpResponseBase:
    """Show learners one of their attempts at a quiz."""
    access.require_enrolment(request.user, course_key)
    return _render_attempt(request, request.user.pk, course_key, attempt_id, {"is_own": True})


@require_safe
@login_required_uncached
def learner_attempt(
    request: HttpRequest, course_key: str, learner_id: str, attempt_id: int
) -> HttpResponseBase:
    """Show an instructor one of a learner's attempts at a quiz."""
    access.require_class(request.user, course_key)
    learner = access.get_learner(learner_id, course_key)
    access_log.log_access(request.user, learner.pk, AccessedResource.ATTEMPTS, course_key=course_key)
    name = lms.get_adapter().display_name(learner)
    return _render_attempt(request, learner.pk, course_key, attempt_id, {"is_own": False, "name": name})


def _render_timeline(
    request: HttpRequest, learner_id: Any, course_key: str, context: Mapping[str, Any]
) -> HttpResponseBase:
    form = TimelineForm(request.GET if "period" in request.GET else {"period": TimelinePeriod.MONTH})
    period = form.cleaned_data["period"] if form.is_valid() else ""
    now = timezone.now()
    since = (
        None if period == TimelinePeriod.ALL else now - timedelta(days=int(period or TimelinePeriod.MONTH))
    )
    timeline = access.get_or_404(
        visit_timeline.find_visit_timeline(learner_id, course_key, now=now, since=since)
    )
    if request.GET.get("table") == "visits":
        return _table(timeline)
    shown = {
        "report": timeline,
        "form": form,
        "page": Paginator(timeline.visits, VISITS_PER_PAGE).get_page(request.GET.get("page")),
    }
    return frame.render_page(request, "tracking/timeline.html", {**shown, **context})


def _table(timeline: VisitTimeline) -> HttpResponseBase:
    rows = (
        (
            step.at,
            step.kind.value,
            step.unit_key,
            step.unit_title,
            step.active_seconds,
            step.estimated_seconds,
            step.attempt_number or None,
            step.share,
            step.is_passed,
            number,
        )
        for number, visit in enumerate(reversed(timeline.visits), start=1)
        for step in visit.steps
    )
    return csv_files.stream_csv("visits", COLUMNS, rows)


def _render_attempt(
    request: HttpRequest, learner_id: Any, course_key: str, attempt_id: int, context: Mapping[str, Any]
) -> HttpResponseBase:
    found = access.get_or_404(attempt_review.find_attempt_review(learner_id, course_key, attempt_id))
    if table := csv_files.requested_table(request, course_key, learner_csv.attempt_answers_table(found)):
        return table
    return frame.render_page(request, "tracking/attempt.html", {"report": found, **context})
