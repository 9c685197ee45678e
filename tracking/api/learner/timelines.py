"""What a learner did, by visit and by attempt: the same for the learner and for instructors."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tracking.api import access
from tracking.api.resource import TrackingView
from tracking.api.value_serializers import Shape, serializer_for
from tracking.events import LearnerId
from tracking.models import Attempt
from tracking.privacy import access_log
from tracking.privacy.access_log import AccessChannel, AccessedResource
from tracking.reports.learner import attempt_review, visit_timeline
from tracking.reports.learner.attempt_review import AttemptReview
from tracking.reports.learner.visit_timeline import VisitTimeline

DEFAULT_PERIOD = timedelta(days=28)

TimelineSerializer = serializer_for(VisitTimeline)


class SinceQuerySerializer(Shape):
    """The start of the period. Default: 28 days ago."""

    since = serializers.DateTimeField(required=False)


class AttemptReviewResponseSerializer(Shape):
    """One attempt with its answers, and all attempts at the same quiz."""

    as_of = serializers.DateTimeField()
    review = serializer_for(AttemptReview)()


class MyTimelineView(TrackingView):
    """What the learner did in one course."""

    @extend_schema(parameters=[SinceQuerySerializer], responses=TimelineSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return the visits, the latest first, each step by step."""
        return _visits(request, access.require_learner(request.user.pk, course_key), course_key)


class LearnerTimelineView(TrackingView):
    """What a learner did in one course, for its instructors, as far as the learner shares it."""

    @extend_schema(parameters=[SinceQuerySerializer], responses=TimelineSerializer)
    def get(self, request: Request, course_key: str, learner_id: str) -> Response:
        """Return the visits, the latest first, each step by step."""
        access.require_class(request, course_key)
        learner = access.require_learner(learner_id, course_key)
        access_log.log_access(
            request.user, learner, AccessedResource.TIMELINE, course_key=course_key, door=AccessChannel.API
        )
        return _visits(request, learner, course_key)


class AttemptReviewView(TrackingView):
    """One submitted attempt: learners see their own, instructors all of their class."""

    @extend_schema(responses=AttemptReviewResponseSerializer)
    def get(self, request: Request, course_key: str, attempt_id: int) -> Response:
        """Return its answers with the lessons that they are about, and what was read between attempts."""
        attempt = access.get_or_404(Attempt.objects.filter(course_key=course_key, pk=attempt_id).first())
        if attempt.learner_id != request.user.pk:
            access.require_class(request, course_key)
        learner = access.require_learner(attempt.learner_id, course_key)
        review = access.get_or_404(attempt_review.find_attempt_review(learner, course_key, attempt_id))
        access_log.log_access(
            request.user, learner, AccessedResource.ATTEMPTS, course_key=course_key, door=AccessChannel.API
        )
        payload: dict[str, Any] = {"as_of": timezone.now(), "review": review}
        return Response(AttemptReviewResponseSerializer(payload).data)


def _visits(request: Request, learner_id: LearnerId, course_key: str) -> Response:
    query = SinceQuerySerializer(data=request.query_params)
    query.is_valid(raise_exception=True)
    now = timezone.now()
    since = query.validated_data.get("since", now - DEFAULT_PERIOD)
    timeline = access.get_or_404(
        visit_timeline.find_visit_timeline(learner_id, course_key, now=now, since=since)
    )
    return Response(TimelineSerializer(timeline).data)
