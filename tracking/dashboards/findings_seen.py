"""Record that a person has seen findings, as the page in the browser reports. Rendering alone does not count."""

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
"""A number of this many digits always fits a 64-bit integer column."""


@require_POST
@login_required_uncached
def my_findings_seen(request: HttpRequest, course_key: str) -> HttpResponse:
    """Record which findings about themselves the learner has seen."""
    access.require_enrolment(request.user, course_key)
    return _record(request, Audience.LEARNER, course_key=course_key, learner_id=request.user.pk)


@require_POST
@login_required_uncached
def class_findings_seen(request: HttpRequest, course_key: str) -> HttpResponse:
    """Record which findings about a class and its learners the instructor has seen."""
    access.require_class(request.user, course_key)
    return _record(request, Audience.INSTRUCTOR, course_key=course_key)


def _record(request: HttpRequest, audience: Audience, **about: object) -> HttpResponse:
    ids = request.POST.getlist("finding")
    if not _are_numbers(ids):
        return HttpResponseBadRequest()
    # If staff view the page as another user, that user has not seen the findings.
    if not lms.get_adapter().ignore(request):
        shown = Finding.objects.filter(pk__in=map(int, ids), **about)
        actor = Actor(user_id=request.user.pk, audience=audience)
        actions.mark_seen(list(shown.values_list("pk", flat=True)), actor, now=timezone.now())
    return HttpResponse(status=204)


def _are_numbers(ids: Sequence[str]) -> bool:
    return 0 < len(ids) <= AT_ONCE and all(
        each.isascii() and each.isdecimal() and len(each) <= MAX_ID_DIGITS for each in ids
    )
