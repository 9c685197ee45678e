"""The learners of a class, and the progress of one learner."""

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
from tracking.api.resource import TrackingListView, TrackingView, figures_as_of
from tracking.api.serializers import LearnerProgressSerializer, LearnerRowSerializer, MyProgressSerializer
from tracking.api.value_serializers import Shape, serializer_for
from tracking.models import Enrolment
from tracking.privacy import access_log
from tracking.privacy.access_log import AccessChannel, AccessedResource
from tracking.reports.course import learner_rows
from tracking.reports.learner import median_comparison
from tracking.reports.learner import progress as learner_progress
from tracking.reports.learner.median_comparison import MedianComparison
from tracking.rollups import freshness


class LearnerQueryFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types.
    """``group``: the key of a group of the course."""

    group = django_filters.CharFilter(field_name="group_key")

    class Meta:
        model = Enrolment
        fields: list[str] = []


class MyMedianComparisonSerializer(Shape):
    """The medians of a class, as the learner's page shows them."""

    as_of = serializers.DateTimeField(allow_null=True)
    comparison = serializer_for(MedianComparison)(allow_null=True)


class ClassLearnersView(TrackingListView):
    """The learners of a class, for its instructors."""

    serializer_class = LearnerRowSerializer
    filterset_class = LearnerQueryFilter
    queryset = Enrolment.objects.none()

    @extend_schema(responses=LearnerRowSerializer(many=True), filters=True)
    def get(self, request: Request, course_key: str) -> Response:
        """List the learners by enrolment, the oldest first."""
        access.require_class(request, course_key)
        course_now = access.get_or_404(freshness.read_course_freshness(course_key))

        def show(enrolments: Sequence[Enrolment]) -> Any:
            shown = learner_rows.read_learner_rows(course_now.outline, enrolments, now=timezone.now())
            access_log.log_accesses(
                request.user,
                [each.learner_id for each in shown],
                AccessedResource.CLASS,
                course_key=course_key,
                door=AccessChannel.API,
            )
            return LearnerRowSerializer(shown, many=True).data

        found = Enrolment.objects.filter(course_key=course_key).select_related("learner")
        return self.page(found, show, as_of=figures_as_of(course_key))


class MyProgressView(TrackingView):
    """The learner's own progress in one course."""

    @extend_schema(responses=MyProgressSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return the progress that the learner's page shows."""
        learner = access.require_learner(request.user.pk, course_key)
        progress = access.get_or_404(
            learner_progress.find_learner_progress(learner, course_key, now=timezone.now())
        )
        return Response(MyProgressSerializer(progress).data)


class MyMedianComparisonView(TrackingView):
    """The class medians to compare with, if the learner consents to the comparison."""

    @extend_schema(responses=MyMedianComparisonSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return the class medians; null without the learner's consent, or if the class is too small."""
        learner = access.require_learner(request.user.pk, course_key)
        payload = {
            "as_of": figures_as_of(course_key),
            "comparison": median_comparison.find_median_comparison(learner, course_key),
        }
        return Response(MyMedianComparisonSerializer(payload).data)


class LearnerProgressView(TrackingView):
    """A learner's progress in one course, for its instructors."""

    @extend_schema(responses=LearnerProgressSerializer)
    def get(self, request: Request, course_key: str, learner_id: str) -> Response:
        """Return the progress: the same figures as on the learner's own page."""
        access.require_class(request, course_key)
        learner = access.require_learner(learner_id, course_key)
        progress = access.get_or_404(
            learner_progress.find_learner_progress(learner, course_key, now=timezone.now())
        )
        access_log.log_access(
            request.user, learner, AccessedResource.PROGRESS, course_key=course_key, door=AccessChannel.API
        )
        return Response(LearnerProgressSerializer(progress).data)
