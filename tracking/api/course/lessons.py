"""One lesson or quiz over its class, to instructors."""

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
    """Everything that the page about one lesson or quiz says; ``before`` and ``after`` are keys of units."""

    before = serializers.CharField(source="before.unit_key", default=None, allow_null=True)
    after = serializers.CharField(source="after.unit_key", default=None, allow_null=True)


class LessonView(TrackingView):
    """One lesson or quiz."""

    @extend_schema(responses=LessonOverviewSerializer)
    def get(self, request: Request, course_key: str, unit_key: str) -> Response:
        """Return how far the class came in it, how its page is used, and its tries and questions."""
        access.require_class(request, course_key)
        found = access.get_or_404(overview.find_lesson_overview(course_key, unit_key, now=timezone.now()))
        return Response(LessonOverviewSerializer(found).data)
