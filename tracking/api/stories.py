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
from tracking.api.resource import Resource
from tracking.api.shapes import Shape, shape
from tracking.events import LearnerId
from tracking.insights import attempt_story, visit_story
from tracking.insights.attempt_story import AttemptStory
from tracking.insights.visit_story import Story
from tracking.models import Attempt
from tracking.privacy import access_log
from tracking.privacy.access_log import Door, What

FAR_BACK = timedelta(days=28)

StorySerializer = shape(Story)


class SinceSerializer(Shape):
    """How far back; 28 days unless given."""

    since = serializers.DateTimeField(required=False)


class ToldAttemptSerializer(Shape):
    """One try with its answers, beside all tries at the same quiz."""

    as_of = serializers.DateTimeField()
    story = shape(AttemptStory)()


class MyVisits(Resource):
    """What the learner did in a course."""

    @extend_schema(parameters=[SinceSerializer], responses=StorySerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return the visits, the latest first, each step by step."""
        return _visits(request, access.require_learner(request.user.pk, course_key), course_key)


class VisitsOf(Resource):
    """What a learner did in a course, to its instructors, as far as the learner shares it."""

    @extend_schema(parameters=[SinceSerializer], responses=StorySerializer)
    def get(self, request: Request, course_key: str, learner_id: str) -> Response:
        """Return the visits, the latest first, each step by step."""
        access.require_class(request, course_key)
        learner = access.require_learner(learner_id, course_key)
        access_log.record_look(request.user, learner, What.TIMELINE, course_key=course_key, door=Door.API)
        return _visits(request, learner, course_key)


class AttemptOf(Resource):
    """One attempt that was handed in: the learner's own, or to instructors anybody's."""

    @extend_schema(responses=ToldAttemptSerializer)
    def get(self, request: Request, course_key: str, attempt_id: int) -> Response:
        """Return its answers with the lessons that they draw on, and what was read between tries."""
        attempt = access.found(Attempt.objects.filter(course_key=course_key, pk=attempt_id).first())
        if attempt.learner_id != request.user.pk:
            access.require_class(request, course_key)
        learner = access.require_learner(attempt.learner_id, course_key)
        story = access.found(attempt_story.find(learner, course_key, attempt_id))
        access_log.record_look(request.user, learner, What.ATTEMPTS, course_key=course_key, door=Door.API)
        told: dict[str, Any] = {"as_of": timezone.now(), "story": story}
        return Response(ToldAttemptSerializer(told).data)


def _visits(request: Request, learner_id: LearnerId, course_key: str) -> Response:
    given = SinceSerializer(data=request.query_params)
    given.is_valid(raise_exception=True)
    now = timezone.now()
    since = given.validated_data.get("since", now - FAR_BACK)
    story = access.found(visit_story.find(learner_id, course_key, now=now, since=since))
    return Response(StorySerializer(story).data)
