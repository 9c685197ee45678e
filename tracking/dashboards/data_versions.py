"""Data version of a page: a short string that changes when its figures do, for pages to poll."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import etag, require_safe

from tracking.dashboards import access
from tracking.dashboards.access import login_required_uncached
from tracking.rollups import freshness


@require_safe
@login_required_uncached
def class_data_version(request: HttpRequest, course_key: str) -> HttpResponseBase:
    """Return the data version of a class as the ETag; 304 if the browser has it."""
    access.require_class(request.user, course_key)
    return _answer(request, freshness.data_version(course_key))


@require_safe
@login_required_uncached
def class_learner_data_version(request: HttpRequest, course_key: str, learner_id: str) -> HttpResponseBase:
    """Return the data version of one learner of a class as the ETag; 304 if the browser has it."""
    access.require_class(request.user, course_key)
    learner = access.get_learner(learner_id, course_key)
    return _answer(request, freshness.data_version(course_key, learner_id=learner.pk))


@require_safe
@login_required_uncached
def my_data_version(request: HttpRequest, course_key: str) -> HttpResponseBase:
    """Return the data version of the learner's own figures as the ETag; 304 if the browser has it."""
    access.require_enrolment(request.user, course_key)
    return _answer(request, freshness.data_version(course_key, learner_id=request.user.pk))


def _answer(request: HttpRequest, version: str) -> HttpResponseBase:
    def of(_request: HttpRequest, **_given: Any) -> str:
        return f'"{version}"'

    return etag(of)(lambda _request: HttpResponse(status=200, content_type="text/plain"))(request)
