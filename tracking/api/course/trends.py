"""Trends of a class: weeks, hours of the week, transitions, modules, groups and unusual days."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tracking.api import access
from tracking.api.resource import TrackingView, figures_as_of
from tracking.api.value_serializers import Shape, serializer_for
from tracking.reports.course import activity_hours, anomalies, cohorts, groups, modules, transitions
from tracking.reports.course.activity_hours import WeekActivity
from tracking.reports.course.anomalies import Anomaly
from tracking.reports.course.cohorts import Cohort
from tracking.reports.course.groups import Groups
from tracking.reports.course.modules import ModuleReport
from tracking.reports.course.transitions import Transitions
from tracking.rollups import freshness
from tracking.rollups.freshness import Freshness

CohortSerializer = serializer_for(Cohort)
WeekPatternSerializer = serializer_for(WeekActivity)
FlowsSerializer = serializer_for(Transitions)
GroupsSerializer = serializer_for(Groups)


class ModulesSerializer(Shape):
    """The figures of the modules of a course for its class."""

    as_of = serializers.DateTimeField(allow_null=True)
    modules = serializer_for(ModuleReport)(many=True)


class AnomaliesSerializer(Shape):
    """Unusual days of a class."""

    freshness = serializer_for(Freshness)()
    anomalies = serializer_for(Anomaly)(many=True)


class _OfClass(TrackingView):
    """Base view of one report about a class, for its instructors."""

    find: Callable[..., Any]
    shape: Any

    def answer(self, request: Request, course_key: str) -> Response:
        access.require_class(request, course_key)
        found = access.get_or_404(type(self).find(course_key, now=timezone.now()))
        return Response(self.shape(found).data)


class WeeksView(_OfClass):
    """The activity of a class by week."""

    find = staticmethod(cohorts.find_cohort)
    shape = CohortSerializer

    @extend_schema(responses=CohortSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return the weeks of the course, counted from its start."""
        return self.answer(request, course_key)


class HoursView(_OfClass):
    """The activity of a class by hour of the week."""

    find = staticmethod(activity_hours.class_activity_hours)
    shape = WeekPatternSerializer

    @extend_schema(responses=WeekPatternSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return the 168 hours of the week, summed over all weeks."""
        return self.answer(request, course_key)


class MyHoursView(TrackingView):
    """The learner's own activity by hour of the week."""

    @extend_schema(responses=WeekPatternSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return the 168 hours of the week, summed over all weeks."""
        learner = access.require_learner(request.user.pk, course_key)
        found = access.get_or_404(
            activity_hours.learner_activity_hours(learner, course_key, now=timezone.now())
        )
        return Response(WeekPatternSerializer(found).data)


class TransitionsView(_OfClass):
    """The transitions of a class between units, and its drop-offs."""

    find = staticmethod(transitions.find_transitions)
    shape = FlowsSerializer

    @extend_schema(responses=FlowsSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return the transitions that learners made, and the units after which learners were not seen again."""
        return self.answer(request, course_key)


class GroupsView(_OfClass):
    """The groups of a class."""

    find = staticmethod(groups.find_groups)
    shape = GroupsSerializer

    @extend_schema(responses=GroupsSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return the groups with the figures of each, to compare them."""
        return self.answer(request, course_key)


class ModulesView(TrackingView):
    """The modules of a course, for its instructors."""

    @extend_schema(responses=ModulesSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return the modules in course order."""
        access.require_class(request, course_key)
        payload = {"as_of": figures_as_of(course_key), "modules": modules.find_modules(course_key)}
        return Response(ModulesSerializer(payload).data)


class AnomaliesView(TrackingView):
    """Days on which a class did far more or far less than usual, for its instructors."""

    @extend_schema(responses=AnomaliesSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return the unusual days of the last 14 whole days."""
        access.require_class(request, course_key)
        now = timezone.now()
        fresh = freshness.course_freshness(
            access.get_or_404(freshness.read_course_freshness(course_key)), now=now
        )
        payload = {
            "freshness": fresh,
            "anomalies": anomalies.recent_anomalies(course_key, freshness=fresh, now=timezone.now()),
        }
        return Response(AnomaliesSerializer(payload).data)
