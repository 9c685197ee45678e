"""The figures of one lesson or quiz, for instructors."""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tracking.api import access
from tracking.api.resource import TrackingView
from tracking.api.value_serializers import serializer_for
from tracking.reports.lesson import overview
from tracking.reports.lesson.overview import LessonOverview


class LessonOverviewSerializer(serializer_for(LessonOverview)):  # type: ignore[misc]  # Made from the value.
    """All figures of the page about one lesson or quiz. ``before`` and ``after`` are unit keys."""

    before = serializers.CharField(source="before.unit_key", default=None, allow_null=True)
    after = serializers.CharField(source="after.unit_key", default=None, allow_null=True)


class LessonView(TrackingView):
    """One lesson or quiz of a course, for its instructors."""

    @extend_schema(responses=LessonOverviewSerializer)
    def get(self, request: Request, course_key: str, unit_key: str) -> Response:
        """Return the progress of the class in it, how its page is used, and its attempts and questions."""
        access.require_class(request, course_key)
        found = access.get_or_404(overview.find_lesson_overview(course_key, unit_key, now=timezone.now()))
        return Response(LessonOverviewSerializer(found).data)
