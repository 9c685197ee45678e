"""What learners can do, skill by skill, and how the questions of a course behave."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tracking.api import access
from tracking.api.resource import Resource, as_of
from tracking.api.shapes import Shape, shape
from tracking.events import LearnerId
from tracking.insights import hard_questions, skills
from tracking.insights.hard_questions import HardQuestion
from tracking.insights.skills import SkillOfClass, SkillStanding, Trust
from tracking.models import OutlineUnit
from tracking.models.keys import KEY_LENGTH
from tracking.privacy import access_log
from tracking.privacy.access_log import Door, What


class SkillsSerializer(Shape):
    """One learner in each skill of a course, the weakest first, and how far the measure can be trusted."""

    as_of = serializers.DateTimeField(allow_null=True)
    trust = shape(Trust)()
    skills = shape(SkillStanding)(many=True)


class ClassSkillsSerializer(Shape):
    """Each skill of a course over its class, the one most are weak in first."""

    as_of = serializers.DateTimeField(allow_null=True)
    trust = shape(Trust)()
    skills = shape(SkillOfClass)(many=True)


class QuestionsSerializer(Shape):
    """Questions over the class, the hardest first, each with the wrong options that draw it."""

    as_of = serializers.DateTimeField(allow_null=True)
    questions = shape(HardQuestion)(many=True)


class OfUnitSerializer(Shape):
    """Of which quiz; of all unless given."""

    unit = serializers.CharField(required=False, max_length=KEY_LENGTH)


class MySkills(Resource):
    """What the learner has shown of each skill."""

    @extend_schema(responses=SkillsSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return it, with ``correct_count`` of ``answered_count`` beside every share."""
        return _skills(course_key, access.require_learner(request.user.pk, course_key))


class LearnerSkillsOf(Resource):
    """What a learner has shown of each skill, to the course's instructors."""

    @extend_schema(responses=SkillsSerializer)
    def get(self, request: Request, course_key: str, learner_id: str) -> Response:
        """Return it: the same numbers as the learner's own."""
        access.require_class(request, course_key)
        learner = access.require_learner(learner_id, course_key)
        access_log.record_look(request.user, learner, What.PROGRESS, course_key=course_key, door=Door.API)
        return _skills(course_key, learner)


class SkillsOf(Resource):
    """The skills of a course over its class, to its instructors."""

    @extend_schema(responses=ClassSkillsSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return them; a figure is null where too few people stand behind it."""
        access.require_class(request, course_key)
        told = {
            "as_of": as_of(course_key),
            "trust": skills.find_trust(course_key),
            "skills": skills.of_class(course_key, now=timezone.now()),
        }
        return Response(ClassSkillsSerializer(told).data)


class QuestionsOf(Resource):
    """The questions of a course over its class, to its instructors."""

    @extend_schema(parameters=[OfUnitSerializer], responses=QuestionsSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return them; a figure is null, and no option told, where too few people stand behind it."""
        access.require_class(request, course_key)
        asked = OfUnitSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        units = {unit.unit_key: unit for unit in OutlineUnit.objects.filter(course_key=course_key)}
        told: dict[str, Any] = {
            "as_of": as_of(course_key),
            "questions": hard_questions.find_all(
                course_key, units, unit_key=asked.validated_data.get("unit", "")
            ),
        }
        return Response(QuestionsSerializer(told).data)


def _skills(course_key: str, learner_id: LearnerId) -> Response:
    told = {
        "as_of": as_of(course_key),
        "trust": skills.find_trust(course_key),
        "skills": skills.of_learner(course_key, learner_id, now=timezone.now()),
    }
    return Response(SkillsSerializer(told).data)
