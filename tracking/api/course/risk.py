"""Learners at risk of not finishing, and the risk threshold, for instructors."""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tracking.api import access
from tracking.api.resource import TrackingView
from tracking.api.value_serializers import Shape, serializer_for
from tracking.privacy import access_log
from tracking.privacy.access_log import AccessChannel
from tracking.reports.course import risk
from tracking.reports.course.risk import RiskOverview
from tracking.risk import assessment
from tracking.rollups import freshness

RiskOverviewSerializer = serializer_for(RiskOverview)


class ThresholdQuerySerializer(Shape):
    """The threshold to try out. Default: the current one."""

    threshold = serializers.FloatField(required=False, min_value=0, max_value=1)


class ThresholdRequestSerializer(Shape):
    """The threshold to set. Null goes back to the site's."""

    threshold = serializers.FloatField(allow_null=True, min_value=0, max_value=1)


class RiskView(TrackingView):
    """The risk of not finishing in a class, for its instructors."""

    @extend_schema(parameters=[ThresholdQuerySerializer], responses=RiskOverviewSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return the learners at risk with the components of each risk, and the effect of every threshold."""
        access.require_class(request, course_key)
        query = ThresholdQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        return _answer(request, course_key, query.validated_data.get("threshold"))

    @extend_schema(request=ThresholdRequestSerializer, responses=RiskOverviewSerializer)
    def post(self, request: Request, course_key: str) -> Response:
        """Set the threshold of the course. Findings follow with the next rollup."""
        access.require_class(request, course_key)
        given = ThresholdRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        access.get_or_404(freshness.read_course_freshness(course_key))
        assessment.set_risk_threshold(
            course_key, given.validated_data["threshold"], by=request.user, now=timezone.now()
        )
        return _answer(request, course_key, None)


def _answer(request: Request, course_key: str, threshold: float | None) -> Response:
    overview = access.get_or_404(risk.find_risk_overview(course_key, now=timezone.now(), threshold=threshold))
    access_log.log_class_access(request.user, course_key, door=AccessChannel.API)
    return Response(RiskOverviewSerializer(overview).data)
