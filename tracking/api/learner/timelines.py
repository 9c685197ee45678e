"""What a learner did, visit by visit and try by try: the same for the learner and for the instructor."""

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

FAR_BACK = timedelta(days=28)

StorySerializer = serializer_for(VisitTimeline)


class SinceQuerySerializer(Shape):
    """How far back; 28 days unless given."""

    since = serializers.DateTimeField(required=False)


class AttemptReviewResponseSerializer(Shape):
    """One try with its answers, beside all tries at the same quiz."""

    as_of = serializers.DateTimeField()
    story = serializer_for(AttemptReview)()


class MyTimelineView(TrackingView):
    """What the learner did in a course."""

    @extend_schema(parameters=[SinceQuerySerializer], responses=StorySerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return the visits, the latest first, each step by step."""
        return _visits(request, access.require_learner(request.user.pk, course_key), course_key)


class LearnerTimelineView(TrackingView):
    """What a learner did in a course, to its instructors, as far as the learner shares it."""

    @extend_schema(parameters=[SinceQuerySerializer], responses=StorySerializer)
    def get(self, request: Request, course_key: str, learner_id: str) -> Response:
        """Return the visits, the latest first, each step by step."""
        access.require_class(request, course_key)
        learner = access.require_learner(learner_id, course_key)
        access_log.log_access(
            request.user, learner, AccessedResource.TIMELINE, course_key=course_key, door=AccessChannel.API
        )
        return _visits(request, learner, course_key)


class AttemptReviewView(TrackingView):
    """One attempt that was handed in: the learner's own, or to instructors anybody's."""

    @extend_schema(responses=AttemptReviewResponseSerializer)
    def get(self, request: Request, course_key: str, attempt_id: int) -> Response:
        """Return its answers with the lessons that they draw on, and what was read between tries."""
        attempt = access.get_or_404(Attempt.objects.filter(course_key=course_key, pk=attempt_id).first())
        if attempt.learner_id != request.user.pk:
            access.require_class(request, course_key)
        learner = access.require_learner(attempt.learner_id, course_key)
        story = access.get_or_404(attempt_review.find_attempt_review(learner, course_key, attempt_id))
        access_log.log_access(
            request.user, learner, AccessedResource.ATTEMPTS, course_key=course_key, door=AccessChannel.API
        )
        told: dict[str, Any] = {"as_of": timezone.now(), "story": story}
        return Response(AttemptReviewResponseSerializer(told).data)


def _visits(request: Request, learner_id: LearnerId, course_key: str) -> Response:
    given = SinceQuerySerializer(data=request.query_params)
    given.is_valid(raise_exception=True)
    now = timezone.now()
    since = given.validated_data.get("since", now - FAR_BACK)
    story = access.get_or_404(
        visit_timeline.find_visit_timeline(learner_id, course_key, now=now, since=since)
    )
    return Response(StorySerializer(story).data)
