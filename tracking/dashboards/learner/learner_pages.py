"""A learner's own pages."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.functional import Promise

from tracking import lms
from tracking.dashboards import access, charts, csv_files, frame
from tracking.dashboards.access import login_required_uncached
from tracking.dashboards.learner import learner_csv
from tracking.dashboards.learner.learner_actions import LearnerAction
from tracking.dashboards.privacy import purposes
from tracking.outreach import messages
from tracking.privacy import global_privacy_control
from tracking.reports.learner import median_comparison, progress
from tracking.reports.site import courses


@dataclass(frozen=True, slots=True, kw_only=True)
class LastAction:
    """The learner's last action. ``action_id`` is the action that can be undone; 0 if there is none."""

    text: str | Promise
    action_id: int


@login_required_uncached
def my_courses(request: HttpRequest) -> HttpResponse:
    """Show the courses of the learner."""
    context = {
        "courses": courses.learned_courses(request.user.pk, now=timezone.now()),
        "teaches": bool(lms.get_adapter().instructed_course_keys(request.user)),
    }
    return frame.render_page(request, "tracking/my_courses.html", context)


@login_required_uncached
def my_progress(request: HttpRequest, course_key: str) -> HttpResponseBase:
    """Show the learner's own progress in one course. ``?table=NAME`` returns that table as a CSV file."""
    found = access.get_or_404(
        progress.find_learner_progress(request.user.pk, course_key, now=timezone.now(), must_be_enrolled=True)
    )
    if table := csv_files.requested_table(request, course_key, learner_csv.learner_tables(found)):
        return table
    context = {
        "progress": found,
        "is_own": True,
        "chart": charts.draw_days(found.days),
        "hours": charts.draw_hours(found.hours),
        "nudges": messages.open_messages(request.user.pk, course_key),
        "comparison": median_comparison.find_median_comparison(request.user.pk, course_key),
        "last_action": _last_action(request),
        "purposes": purposes.purpose_answers(
            request.user.pk, has_opted_out=global_privacy_control.asks_for_privacy(request)
        ),
    }
    return frame.render_page(request, "tracking/my_progress.html", context)


def _last_action(request: HttpRequest) -> LastAction | None:
    value, action_id = request.GET.get("done", ""), request.GET.get("action_id", "")
    if value not in LearnerAction.values:
        return None
    # At most 18 digits: a larger number overflows the database column, and the query would raise.
    is_usable = action_id.isdecimal() and len(action_id) < 19
    return LastAction(text=LearnerAction(value).label, action_id=int(action_id) if is_usable else 0)
