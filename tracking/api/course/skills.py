"""What learners can do, skill by skill, and how the questions of a course behave."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tracking.api import access
from tracking.api.resource import TrackingView, figures_as_of
from tracking.api.value_serializers import Shape, serializer_for
from tracking.events import LearnerId
from tracking.models import OutlineUnit
from tracking.models.keys import KEY_LENGTH
from tracking.privacy import access_log
from tracking.privacy.access_log import AccessChannel, AccessedResource
from tracking.reports.course import hard_questions, skills
from tracking.reports.course.hard_questions import HardQuestion
from tracking.reports.course.skills import CalibrationQuality, ClassSkill, LearnerSkillReport


class SkillsSerializer(Shape):
    """One learner in each skill of a course, the weakest first, and how far the measure can be trusted."""

    as_of = serializers.DateTimeField(allow_null=True)
    calibration_quality = serializer_for(CalibrationQuality)()
    skills = serializer_for(LearnerSkillReport)(many=True)


class ClassSkillsSerializer(Shape):
    """Each skill of a course over its class, the one most are weak in first."""

    as_of = serializers.DateTimeField(allow_null=True)
    calibration_quality = serializer_for(CalibrationQuality)()
    skills = serializer_for(ClassSkill)(many=True)


class QuestionsSerializer(Shape):
    """Questions over the class, the hardest first, each with the wrong options that draw it."""

    as_of = serializers.DateTimeField(allow_null=True)
    questions = serializer_for(HardQuestion)(many=True)


class UnitQuerySerializer(Shape):
    """Of which quiz; of all unless given."""

    unit = serializers.CharField(required=False, max_length=KEY_LENGTH)


class MySkillsView(TrackingView):
    """What the learner has shown of each skill."""

    @extend_schema(responses=SkillsSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return it, with ``correct_count`` of ``answered_count`` beside every share."""
        return _skills(course_key, access.require_learner(request.user.pk, course_key))


class LearnerSkillsView(TrackingView):
    """What a learner has shown of each skill, to the course's instructors."""

    @extend_schema(responses=SkillsSerializer)
    def get(self, request: Request, course_key: str, learner_id: str) -> Response:
        """Return it: the same numbers as the learner's own."""
        access.require_class(request, course_key)
        learner = access.require_learner(learner_id, course_key)
        access_log.log_access(
            request.user, learner, AccessedResource.PROGRESS, course_key=course_key, door=AccessChannel.API
        )
        return _skills(course_key, learner)


class ClassSkillsView(TrackingView):
    """The skills of a course over its class, to its instructors."""

    @extend_schema(responses=ClassSkillsSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return them; a figure is null where too few people stand behind it."""
        access.require_class(request, course_key)
        told = {
            "as_of": figures_as_of(course_key),
            "calibration_quality": skills.find_calibration_quality(course_key),
            "skills": skills.class_skills(course_key, now=timezone.now()),
        }
        return Response(ClassSkillsSerializer(told).data)


class QuestionsView(TrackingView):
    """The questions of a course over its class, to its instructors."""

    @extend_schema(parameters=[UnitQuerySerializer], responses=QuestionsSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return them; a figure is null, and no option told, where too few people stand behind it."""
        access.require_class(request, course_key)
        asked = UnitQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        units = {unit.unit_key: unit for unit in OutlineUnit.objects.filter(course_key=course_key)}
        told: dict[str, Any] = {
            "as_of": figures_as_of(course_key),
            "questions": hard_questions.all_questions(
                course_key, units, unit_key=asked.validated_data.get("unit", "")
            ),
        }
        return Response(QuestionsSerializer(told).data)


def _skills(course_key: str, learner_id: LearnerId) -> Response:
    told = {
        "as_of": figures_as_of(course_key),
        "calibration_quality": skills.find_calibration_quality(course_key),
        "skills": skills.learner_skills(course_key, learner_id, now=timezone.now()),
    }
    return Response(SkillsSerializer(told).data)
