"""An instructor's pages about one learner: the numbers of the learner's own pages, and no others."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from tracking import lms
from tracking.dashboards import access, areas, charts, frame
from tracking.dashboards.access import personal
from tracking.insights import learner_progress, learner_words
from tracking.privacy import access_log
from tracking.privacy.access_log import What


@require_safe
@personal
def class_learner(request: HttpRequest, course_key: str, learner_id: str) -> HttpResponseBase:
    """Show one learner of the class."""
    access.require_class(request.user, course_key)
    learner = access.get_learner(learner_id, course_key)
    found = access.found(learner_progress.find(learner.pk, course_key, now=timezone.now()))
    access_log.record_look(request.user, learner.pk, What.PROGRESS, course_key=course_key)
    context = {
        "progress": found,
        "concerns": areas.by_unit(found.concerns),
        "chart": charts.draw_days(found.days),
        "name": lms.get_adapter().display_name(learner),
        "learner_words": learner_words.find(learner.pk, course_key),
    }
    return frame.render_page(request, "tracking/class_learner.html", context)
