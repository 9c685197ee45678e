"""Time statements, as the pages show and print them."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tracking.api import access
from tracking.api.resource import TrackingView
from tracking.api.value_serializers import Shape, serializer_for
from tracking.events import LearnerId, Purpose
from tracking.privacy import access_log, consent
from tracking.privacy.access_log import AccessChannel, AccessedResource
from tracking.reports.learner import time_statement
from tracking.reports.learner.time_statement import MAX_PERIOD, TimeStatement


class PeriodQuerySerializer(Shape):
    """The first and last day of the period, both included. Default: this month up to today."""

    first = serializers.DateField(required=False)
    last = serializers.DateField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        today = timezone.localdate()
        last = attrs.get("last", attrs.get("first", today))
        first = attrs.get("first", last.replace(day=1))
        if last < first:
            raise serializers.ValidationError({"last": ["The end date is before the start date."]})
        if last - first >= MAX_PERIOD or not 1970 <= first.year <= last.year <= 2999:
            raise serializers.ValidationError(
                {"last": [f"A time statement can cover at most {MAX_PERIOD.days} days."]}
            )
        return {"first": first, "last": last}


class StatementSerializer(Shape):
    """A time statement. ``as_of`` is the time at which it was made."""

    as_of = serializers.DateTimeField()
    statement = serializer_for(TimeStatement)()


class MyTimeStatementView(TrackingView):
    """The learner's own time in all courses."""

    @extend_schema(parameters=[PeriodQuerySerializer], responses=StatementSerializer)
    def get(self, request: Request) -> Response:
        """Return the statement by page view and by day, over all courses."""
        return _statement(request, request.user.pk, course_keys=None)


class LearnerTimeStatementView(TrackingView):
    """A learner's time in one course, for its instructors, if the learner shares their activity."""

    @extend_schema(parameters=[PeriodQuerySerializer], responses=StatementSerializer)
    def get(self, request: Request, course_key: str, learner_id: str) -> Response:
        """Return the statement by page view and by day."""
        access.require_class(request, course_key)
        learner = access.require_learner(learner_id, course_key)
        if not consent.covers(learner, Purpose.ENGAGEMENT):
            raise Http404
        access_log.log_access(
            request.user, learner, AccessedResource.TIME, course_key=course_key, door=AccessChannel.API
        )
        return _statement(request, learner, course_keys=[course_key])


def _statement(request: Request, learner_id: LearnerId, *, course_keys: list[str] | None) -> Response:
    period = PeriodQuerySerializer(data=request.query_params)
    period.is_valid(raise_exception=True)
    statement = time_statement.find_time_statement(
        learner_id, **period.validated_data, course_keys=course_keys
    )
    payload = {"as_of": timezone.now(), "statement": statement}
    return Response(StatementSerializer(payload).data)
