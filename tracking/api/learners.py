"""Learners of a class, and how far one of them has come."""

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
from tracking.api.resource import Listing, Resource, as_of
from tracking.api.serializers import LearnerProgressSerializer, LearnerRowSerializer, MyProgressSerializer
from tracking.api.shapes import Shape, shape
from tracking.insights import class_overview, comparison, learner_progress
from tracking.insights.comparison import Comparison
from tracking.models import Enrolment
from tracking.privacy import access_log
from tracking.privacy.access_log import Door, What


class LearnerFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types.
    """``group``: the key of a group of the course."""

    group = django_filters.CharFilter(field_name="group_key")

    class Meta:
        model = Enrolment
        fields: list[str] = []


class ComparedSerializer(Shape):
    """The middle of a class, as the learner's page shows it."""

    as_of = serializers.DateTimeField(allow_null=True)
    comparison = shape(Comparison)(allow_null=True)


class LearnersOf(Listing):
    """The learners of a class, to its instructors."""

    serializer_class = LearnerRowSerializer
    filterset_class = LearnerFilter
    queryset = Enrolment.objects.none()

    @extend_schema(responses=LearnerRowSerializer(many=True), filters=True)
    def get(self, request: Request, course_key: str) -> Response:
        """List them page by page, in the order in which they were enrolled."""
        access.require_class(request, course_key)
        overview = access.found(class_overview.find(course_key, now=timezone.now()))
        rows = {each.learner_id: each for each in overview.learners}

        def show(enrolments: Sequence[Enrolment]) -> Any:
            shown = [rows[each.learner_id] for each in enrolments if each.learner_id in rows]
            access_log.record_looks(
                request.user,
                [each.learner_id for each in shown],
                What.CLASS,
                course_key=course_key,
                door=Door.API,
            )
            return LearnerRowSerializer(shown, many=True).data

        found = Enrolment.objects.filter(course_key=course_key)
        return self.page(found, show, as_of=overview.freshness.as_of)


class MyProgress(Resource):
    """The learner's own progress in one course."""

    @extend_schema(responses=MyProgressSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return it, as the learner's page shows it."""
        learner = access.require_learner(request.user.pk, course_key)
        progress = access.found(learner_progress.find(learner, course_key, now=timezone.now()))
        return Response(MyProgressSerializer(progress).data)


class MyComparison(Resource):
    """The learner's own beside the middle of the class, where they asked for it."""

    @extend_schema(responses=ComparedSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return the middle of the class; null where the learner did not ask, or the class is too small."""
        learner = access.require_learner(request.user.pk, course_key)
        told = {"as_of": as_of(course_key), "comparison": comparison.find(learner, course_key)}
        return Response(ComparedSerializer(told).data)


class LearnerProgressOf(Resource):
    """A learner's progress in one course, to the course's instructors."""

    @extend_schema(responses=LearnerProgressSerializer)
    def get(self, request: Request, course_key: str, learner_id: str) -> Response:
        """Return it: the same numbers as the learner's own."""
        access.require_class(request, course_key)
        learner = access.require_learner(learner_id, course_key)
        progress = access.found(learner_progress.find(learner, course_key, now=timezone.now()))
        access_log.record_look(request.user, learner, What.PROGRESS, course_key=course_key, door=Door.API)
        return Response(LearnerProgressSerializer(progress).data)
