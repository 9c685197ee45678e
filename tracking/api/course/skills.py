"""Mastery of the skills of a course, and the statistics of its questions."""

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
    """One learner's mastery of each skill of a course, the lowest first, and how well the estimate is calibrated."""

    as_of = serializers.DateTimeField(allow_null=True)
    calibration_quality = serializer_for(CalibrationQuality)()
    skills = serializer_for(LearnerSkillReport)(many=True)


class ClassSkillsSerializer(Shape):
    """The mastery of each skill in a class. The skill that most learners are weak in comes first."""

    as_of = serializers.DateTimeField(allow_null=True)
    calibration_quality = serializer_for(CalibrationQuality)()
    skills = serializer_for(ClassSkill)(many=True)


class QuestionsSerializer(Shape):
    """Questions of a class, the hardest first, each with its common wrong options."""

    as_of = serializers.DateTimeField(allow_null=True)
    questions = serializer_for(HardQuestion)(many=True)


class UnitQuerySerializer(Shape):
    """The quiz whose questions are returned. Default: all quizzes."""

    unit = serializers.CharField(required=False, max_length=KEY_LENGTH)


class MySkillsView(TrackingView):
    """The learner's own mastery of each skill."""

    @extend_schema(responses=SkillsSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return each skill with its share and the ``correct_count`` of ``answered_count``."""
        return _skills(course_key, access.require_learner(request.user.pk, course_key))


class LearnerSkillsView(TrackingView):
    """A learner's mastery of each skill, for the course's instructors."""

    @extend_schema(responses=SkillsSerializer)
    def get(self, request: Request, course_key: str, learner_id: str) -> Response:
        """Return each skill with the same figures as on the learner's own page."""
        access.require_class(request, course_key)
        learner = access.require_learner(learner_id, course_key)
        access_log.log_access(
            request.user, learner, AccessedResource.PROGRESS, course_key=course_key, door=AccessChannel.API
        )
        return _skills(course_key, learner)


class ClassSkillsView(TrackingView):
    """The skills of a course, for its instructors."""

    @extend_schema(responses=ClassSkillsSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return each skill with the figures of the class."""
        access.require_class(request, course_key)
        payload = {
            "as_of": figures_as_of(course_key),
            "calibration_quality": skills.find_calibration_quality(course_key),
            "skills": skills.class_skills(course_key, now=timezone.now()),
        }
        return Response(ClassSkillsSerializer(payload).data)


class QuestionsView(TrackingView):
    """The questions of a course, for its instructors."""

    @extend_schema(parameters=[UnitQuerySerializer], responses=QuestionsSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return each question. A figure of nothing is null."""
        access.require_class(request, course_key)
        query = UnitQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        units = {unit.unit_key: unit for unit in OutlineUnit.objects.filter(course_key=course_key)}
        payload: dict[str, Any] = {
            "as_of": figures_as_of(course_key),
            "questions": hard_questions.all_questions(
                course_key, units, unit_key=query.validated_data.get("unit", "")
            ),
        }
        return Response(QuestionsSerializer(payload).data)


def _skills(course_key: str, learner_id: LearnerId) -> Response:
    payload = {
        "as_of": figures_as_of(course_key),
        "calibration_quality": skills.find_calibration_quality(course_key),
        "skills": skills.learner_skills(course_key, learner_id, now=timezone.now()),
    }
    return Response(SkillsSerializer(payload).data)
