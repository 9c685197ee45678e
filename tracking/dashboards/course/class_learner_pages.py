"""An instructor's page about one learner: only the figures of the learner's own page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from tracking import lms
from tracking.dashboards import access, charts, csv_files, frame
from tracking.dashboards.access import login_required_uncached
from tracking.dashboards.course import action_results, class_actions, finding_groups
from tracking.dashboards.course.class_actions import LearnerNoteForm
from tracking.dashboards.learner import learner_csv
from tracking.findings import action_log, learner_comments
from tracking.models import DismissReason
from tracking.outreach import messages
from tracking.privacy import access_log
from tracking.privacy.access_log import AccessedResource
from tracking.reports.learner import progress


@require_http_methods(["GET", "HEAD", "POST"])
@login_required_uncached
def class_learner(request: HttpRequest, course_key: str, learner_id: str) -> HttpResponseBase:
    """Show one learner of the class; a POST performs the action of the form.

    If it fails, the form is shown again with the typed text and the reason, so that no text is lost or put into a URL.
    """
    access.require_class(request.user, course_key)
    learner = access.get_learner(learner_id, course_key)
    form = LearnerNoteForm(request.POST) if request.method == "POST" else None
    outcome = action_results.result_of_request(request)
    if form is not None and form.is_valid():
        data = {**form.cleaned_data, "learner": learner_id, "finding": None, "action_id": None}
        if done := class_actions.perform_action(request, course_key, data, back=request.get_full_path()):
            return done
        outcome = action_results.refused_result(data["action"])
    found = access.get_or_404(progress.find_learner_progress(learner.pk, course_key, now=timezone.now()))
    access_log.log_access(request.user, learner.pk, AccessedResource.PROGRESS, course_key=course_key)
    if table := csv_files.requested_table(request, course_key, learner_csv.learner_tables(found)):
        return table
    context = {
        "progress": found,
        "finding_groups": finding_groups.group_by_unit(found.findings),
        "chart": charts.draw_days(found.days),
        "hours": charts.draw_hours(found.hours),
        "name": lms.get_adapter().display_name(learner),
        "learner_comments": learner_comments.find_learner_comments(learner.pk, course_key),
        "course_key": course_key,
        "action_log": action_log.read_action_log(course_key, learner.pk),
        "takes_messages": learner.pk in messages.learners_accepting_messages([learner.pk], course_key),
        "dismiss_reasons": DismissReason.choices,
        "action_result": outcome,
        "note_form": form,
        "next": request.get_full_path(),
    }
    return frame.render_page(request, "tracking/class_learner.html", context)
