"""How a class works over time: weeks, hours of the week, ways through the course, modules and groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tracking.api import access
from tracking.api.resource import Resource, as_of
from tracking.api.shapes import Shape, shape
from tracking.insights import anomalies, cohorts, flows, freshness, groups, modules, week_pattern
from tracking.insights.anomalies import Anomaly
from tracking.insights.cohorts import Cohort
from tracking.insights.flows import Flows
from tracking.insights.freshness import Freshness
from tracking.insights.groups import Groups
from tracking.insights.modules import ModuleMeasures
from tracking.insights.week_pattern import WeekPattern

CohortSerializer = shape(Cohort)
WeekPatternSerializer = shape(WeekPattern)
FlowsSerializer = shape(Flows)
GroupsSerializer = shape(Groups)


class ModulesSerializer(Shape):
    """The modules of a course over its class."""

    as_of = serializers.DateTimeField(allow_null=True)
    modules = shape(ModuleMeasures)(many=True)


class AnomaliesSerializer(Shape):
    """Days of a class that were out of the ordinary."""

    freshness = shape(Freshness)()
    anomalies = shape(Anomaly)(many=True)


class _OfClass(Resource):
    """One view of a class, to its instructors. A figure is null where too few people stand behind it."""

    find: Callable[..., Any]
    shape: Any

    def answer(self, request: Request, course_key: str) -> Response:
        access.require_class(request, course_key)
        found = access.found(type(self).find(course_key, now=timezone.now()))
        return Response(self.shape(found).data)


class WeeksOf(_OfClass):
    """The class week by week."""

    find = staticmethod(cohorts.find)
    shape = CohortSerializer

    @extend_schema(responses=CohortSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return the weeks of the course, aligned by its start."""
        return self.answer(request, course_key)


class HoursOf(_OfClass):
    """When in the week the class works."""

    find = staticmethod(week_pattern.of_class)
    shape = WeekPatternSerializer

    @extend_schema(responses=WeekPatternSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return the 168 hours of the week, over all weeks."""
        return self.answer(request, course_key)


class MyHoursOf(Resource):
    """When in the week the learner works."""

    @extend_schema(responses=WeekPatternSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return the learner's own 168 hours."""
        learner = access.require_learner(request.user.pk, course_key)
        found = access.found(week_pattern.of_learner(learner, course_key, now=timezone.now()))
        return Response(WeekPatternSerializer(found).data)


class FlowsOf(_OfClass):
    """The ways of a class through its course."""

    find = staticmethod(flows.find)
    shape = FlowsSerializer

    @extend_schema(responses=FlowsSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return the steps that enough learners have taken, and the units after which they left."""
        return self.answer(request, course_key)


class GroupsOf(_OfClass):
    """The groups of a class."""

    find = staticmethod(groups.find)
    shape = GroupsSerializer

    @extend_schema(responses=GroupsSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return them side by side."""
        return self.answer(request, course_key)


class ModulesOf(Resource):
    """The modules of a course over its class, to its instructors."""

    @extend_schema(responses=ModulesSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return them in order."""
        access.require_class(request, course_key)
        told = {"as_of": as_of(course_key), "modules": modules.find(course_key)}
        return Response(ModulesSerializer(told).data)


class AnomaliesOf(Resource):
    """Days on which a class did far more or far less than is usual, to its instructors."""

    @extend_schema(responses=AnomaliesSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return those of the last fourteen whole days; a figure is null where too few people stand behind it."""
        access.require_class(request, course_key)
        now = timezone.now()
        fresh = freshness.of(access.found(freshness.read(course_key)), now=now)
        told = {"freshness": fresh, "anomalies": anomalies.lately(course_key, freshness=fresh)}
        return Response(AnomaliesSerializer(told).data)
