"""Quiz attempts with their answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import django_filters
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tracking.api import access
from tracking.api.resource import TrackingListView
from tracking.api.value_serializers import Shape
from tracking.models import Attempt
from tracking.privacy import access_log
from tracking.privacy.access_log import AccessChannel, AccessedResource


class AnswerToQuestionSerializer(Shape):
    """One answer: the chosen options, never free text."""

    question_key = serializers.CharField()
    is_correct = serializers.BooleanField(allow_null=True)
    points = serializers.FloatField(allow_null=True)
    max_points = serializers.FloatField(allow_null=True)
    chosen = serializers.ListField(child=serializers.CharField())


class AttemptSerializer(Shape):
    """One attempt in its latest version. ``share`` is the result from 0 to 1, null until it is graded."""

    id = serializers.IntegerField(source="pk")
    learner_id = serializers.CharField()
    course_key = serializers.CharField()
    unit_key = serializers.CharField()
    started_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    score = serializers.FloatField(allow_null=True)
    max_score = serializers.FloatField(allow_null=True)
    share = serializers.FloatField(allow_null=True)
    is_passed = serializers.BooleanField(allow_null=True)
    answers = AnswerToQuestionSerializer(many=True)


class AttemptFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types.
    """``unit``, ``learner``, ``passed``, and ``since`` and ``until``, both of ``started_at``."""

    unit = django_filters.CharFilter(field_name="unit_key")
    learner = django_filters.CharFilter(method="filter_learner")
    passed = django_filters.BooleanFilter(field_name="is_passed")
    since = django_filters.IsoDateTimeFilter(field_name="started_at", lookup_expr="gte")
    until = django_filters.IsoDateTimeFilter(field_name="started_at", lookup_expr="lt")

    class Meta:
        model = Attempt
        fields: list[str] = []

    def filter_learner(self, rows, name, value):  # type: ignore[no-untyped-def]  # django-filter has no types.
        """Keep the attempts of the learner with this primary key."""
        return rows.filter(learner_id=access.parse_learner_key(value))


class CourseAttemptsView(TrackingListView):
    """The attempts in one course: instructors see all, learners their own."""

    serializer_class = AttemptSerializer
    filterset_class = AttemptFilter
    queryset = Attempt.objects.none()

    @extend_schema(responses=AttemptSerializer(many=True), filters=True)
    def get(self, request: Request, course_key: str) -> Response:
        """List the attempts in the order in which they were first recorded."""
        rows = Attempt.objects.filter(course_key=course_key).prefetch_related("answers")
        if not access.is_instructor(request, course_key):
            rows = rows.filter(learner_id=access.require_learner(request.user.pk, course_key))

        def show(attempts: Sequence[Attempt]) -> Any:
            access_log.log_accesses(
                request.user,
                [attempt.learner_id for attempt in attempts],
                AccessedResource.ATTEMPTS,
                course_key=course_key,
                door=AccessChannel.API,
            )
            return [AttemptSerializer(_shown(attempt)).data for attempt in attempts]

        return self.page(rows, show, as_of=timezone.now())


def _shown(attempt: Attempt) -> dict[str, Any]:
    names = (
        *("pk", "learner_id", "course_key", "unit_key", "started_at", "submitted_at"),
        *("score", "max_score", "share", "is_passed"),
    )
    return {name: getattr(attempt, name) for name in names} | {"answers": list(attempt.answers.all())}
