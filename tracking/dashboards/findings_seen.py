"""Noting that findings were before somebody's eyes, as their page tells once it is there: never while it is made."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils import timezone
from django.views.decorators.http import require_POST

from tracking import lms
from tracking.dashboards import access
from tracking.dashboards.access import login_required_uncached
from tracking.findings import actions
from tracking.findings.actions import Actor
from tracking.models import Audience, Finding

AT_ONCE = 200
MAX_ID_DIGITS = 18
"""Digits of a number that a database holds."""


@require_POST
@login_required_uncached
def my_findings_seen(request: HttpRequest, course_key: str) -> HttpResponse:
    """Note which findings about themselves a learner had in view."""
    access.require_enrolment(request.user, course_key)
    return _note(request, Audience.LEARNER, course_key=course_key, learner_id=request.user.pk)


@require_POST
@login_required_uncached
def class_findings_seen(request: HttpRequest, course_key: str) -> HttpResponse:
    """Note which findings about a class and its learners an instructor had in view."""
    access.require_class(request.user, course_key)
    return _note(request, Audience.INSTRUCTOR, course_key=course_key)


def _note(request: HttpRequest, audience: Audience, **about: object) -> HttpResponse:
    ids = request.POST.getlist("finding")
    if not _are_numbers(ids):
        return HttpResponseBadRequest()
    # Who acts as somebody else has seen it; somebody else has not.
    if not lms.get_adapter().ignore(request):
        shown = Finding.objects.filter(pk__in=map(int, ids), **about)
        actor = Actor(user_id=request.user.pk, audience=audience)
        actions.mark_seen(list(shown.values_list("pk", flat=True)), actor, now=timezone.now())
    return HttpResponse(status=204)


def _are_numbers(ids: Sequence[str]) -> bool:
    return 0 < len(ids) <= AT_ONCE and all(
        each.isascii() and each.isdecimal() and len(each) <= MAX_ID_DIGITS for each in ids
    )
