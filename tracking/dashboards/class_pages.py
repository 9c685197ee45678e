"""An instructor's pages: the classes, one class, one learner of it."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from tracking import lms
from tracking.dashboards import access, areas, charts, frame, learner_table
from tracking.dashboards.access import personal
from tracking.dashboards.filters import LearnerFilter
from tracking.insights import class_overview, courses, learner_progress, learner_words
from tracking.privacy import access_log
from tracking.privacy.access_log import What

LEARNERS_PER_PAGE = 50
CHECK_IN_COUNT = 6
"""Learners shown in full at the top; the rest are a link away."""


@personal
def classes(request: HttpRequest) -> HttpResponse:
    """Show the classes that the instructor teaches."""
    keys = list(lms.get_adapter().instructed_course_keys(request.user))
    return frame.render_page(
        request, "tracking/classes.html", {"classes": courses.taught(keys, now=timezone.now())}
    )


@personal
def class_(request: HttpRequest, course_key: str) -> HttpResponse:
    """Show one class: what it needs to go back to, whom to check in with, every lesson and every learner."""
    access.require_class(request.user, course_key)
    overview = access.found(class_overview.find(course_key, now=timezone.now()))
    access_log.record_class_look(request.user, course_key)
    chosen = LearnerFilter(request.GET, overview=overview)
    order = learner_table.order_of(request.GET.get("sort", ""))
    learners = learner_table.arrange(chosen.learners, order)
    context = {
        "overview": overview,
        "reinforce": areas.by_unit(overview.reinforce),
        "check_in": overview.check_in[:CHECK_IN_COUNT],
        "filter": chosen,
        "columns": learner_table.columns(order),
        "learners": Paginator(learners, LEARNERS_PER_PAGE).get_page(request.GET.get("page")),
    }
    return frame.render_page(request, "tracking/class.html", context)


@personal
def class_learner(request: HttpRequest, course_key: str, learner_id: str) -> HttpResponse:
    """Show one learner of the class: the numbers of the learner's own page, and no others."""
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
