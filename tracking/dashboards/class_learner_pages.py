"""An instructor's pages about one learner: the numbers of the learner's own pages, and no others."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from tracking import lms
from tracking.dashboards import (
    access,
    areas,
    charts,
    class_actions,
    csv_files,
    frame,
    learner_tables,
    outcomes,
)
from tracking.dashboards.access import personal
from tracking.dashboards.class_actions import WriteForm
from tracking.insights import action_log, learner_progress, learner_words
from tracking.models import Dismissal
from tracking.nudges import messages
from tracking.privacy import access_log
from tracking.privacy.access_log import What


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def class_learner(request: HttpRequest, course_key: str, learner_id: str) -> HttpResponseBase:
    """Show one learner of the class; posted to, do what is written about them.

    What cannot be done is shown again as it was typed, with why: words are neither lost nor put into an address.
    """
    access.require_class(request.user, course_key)
    learner = access.get_learner(learner_id, course_key)
    written = WriteForm(request.POST) if request.method == "POST" else None
    outcome = outcomes.of(request)
    if written is not None and written.is_valid():
        given = {**written.cleaned_data, "learner": learner_id, "finding": None, "action": None}
        if done := class_actions.do(request, course_key, given, back=request.get_full_path()):
            return done
        outcome = outcomes.refused(given["do"])
    found = access.found(learner_progress.find(learner.pk, course_key, now=timezone.now()))
    access_log.record_look(request.user, learner.pk, What.PROGRESS, course_key=course_key)
    if table := csv_files.asked_for(request, course_key, learner_tables.of(found)):
        return table
    context = {
        "progress": found,
        "concerns": areas.by_unit(found.concerns),
        "chart": charts.draw_days(found.days),
        "hours": charts.draw_hours(found.hours),
        "name": lms.get_adapter().display_name(learner),
        "learner_words": learner_words.find(learner.pk, course_key),
        "course_key": course_key,
        "history": action_log.read(course_key, learner.pk),
        "takes_messages": learner.pk in messages.reachable([learner.pk], course_key),
        "dismissals": Dismissal.choices,
        "outcome": outcome,
        "written": written,
        "next": request.get_full_path(),
    }
    return frame.render_page(request, "tracking/class_learner.html", context)
