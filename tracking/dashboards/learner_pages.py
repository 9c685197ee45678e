"""A learner's own pages."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.functional import Promise

from tracking import lms
from tracking.dashboards import access, charts, csv_files, frame, learner_tables, purposes
from tracking.dashboards.access import personal
from tracking.dashboards.learner_actions import Answer
from tracking.insights import comparison, courses, learner_progress
from tracking.nudges import messages
from tracking.privacy import privacy_control


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the learner said to a piece of advice, and the action that can be taken back; 0 where none can."""

    words: str | Promise
    action_id: int


@personal
def me(request: HttpRequest) -> HttpResponse:
    """Show the courses of the learner."""
    context = {
        "courses": courses.learned_by(request.user.pk, now=timezone.now()),
        "teaches": bool(lms.get_adapter().instructed_course_keys(request.user)),
    }
    return frame.render_page(request, "tracking/me.html", context)


@personal
def progress(request: HttpRequest, course_key: str) -> HttpResponseBase:
    """Show the learner's own way through one course. ``?table=`` and the name of a table asks for it as a file."""
    found = access.found(
        learner_progress.find(request.user.pk, course_key, now=timezone.now(), must_be_enrolled=True)
    )
    if table := csv_files.asked_for(request, course_key, learner_tables.of(found)):
        return table
    context = {
        "progress": found,
        "is_own": True,
        "chart": charts.draw_days(found.days),
        "hours": charts.draw_hours(found.hours),
        "nudges": messages.shown_to(request.user.pk, course_key),
        "comparison": comparison.find(request.user.pk, course_key),
        "said": _said(request),
        "purposes": purposes.answers_of(request.user.pk, has_opted_out=privacy_control.is_sent(request)),
    }
    return frame.render_page(request, "tracking/progress.html", context)


def _said(request: HttpRequest) -> Said | None:
    value, given = request.GET.get("said", ""), request.GET.get("action", "")
    if value not in Answer.values:
        return None
    return Said(
        words=Answer(value).label, action_id=int(given) if given.isdecimal() and len(given) < 19 else 0
    )
