"""The user's courses, course outlines, and class overviews."""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tracking import lms
from tracking.api import access
from tracking.api.resource import TrackingView
from tracking.api.serializers import ClassOverviewSerializer, FreshnessSerializer, UnitMeasuresSerializer
from tracking.api.value_serializers import Shape, serializer_for
from tracking.events import UnitKind
from tracking.models import CourseOutline, OutlineUnit
from tracking.privacy import access_log
from tracking.privacy.access_log import AccessChannel
from tracking.reports.course import class_units
from tracking.reports.course import overview as course_overview
from tracking.reports.site import courses
from tracking.reports.site.courses import LearnedCourse, TaughtCourse
from tracking.rollups import freshness


class MyCoursesSerializer(Shape):
    """The courses of the user."""

    as_of = serializers.DateTimeField()
    learned = serializer_for(LearnedCourse)(many=True)
    taught = serializer_for(TaughtCourse)(many=True)


class OutlineUnitSerializer(Shape):
    """One module, lesson or quiz. ``parent_key`` is empty at the top level."""

    key = serializers.CharField(source="unit_key")
    parent_key = serializers.CharField(allow_blank=True)
    kind = serializers.ChoiceField(choices=UnitKind.choices)
    title = serializers.CharField(allow_blank=True)
    url = serializers.CharField(allow_blank=True)
    expected_seconds = serializers.IntegerField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    is_available = serializers.BooleanField()
    is_required = serializers.BooleanField()
    skills = serializers.ListField(child=serializers.CharField())


class OutlineSerializer(Shape):
    """A course with its units in order."""

    course_key = serializers.CharField()
    course_title = serializers.CharField()
    freshness = FreshnessSerializer()
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    time_zone = serializers.CharField(allow_blank=True)
    may_see_class = serializers.BooleanField()
    units = OutlineUnitSerializer(many=True)


class UnitsSerializer(Shape):
    """The figures of the lessons and quizzes of a course for its class."""

    as_of = serializers.DateTimeField(allow_null=True)
    units = UnitMeasuresSerializer(many=True)


class MyCoursesView(TrackingView):
    """The courses that the user learns or teaches."""

    @extend_schema(responses=MyCoursesSerializer)
    def get(self, request: Request) -> Response:
        """List the courses: learned ones with the learner's own figures, taught ones with those of the class."""
        now = timezone.now()
        keys = list(lms.get_adapter().instructed_course_keys(request.user))
        payload = {
            "as_of": now,
            "learned": courses.learned_courses(request.user.pk, now=now),
            "taught": courses.taught_courses(keys, now=now),
        }
        return Response(MyCoursesSerializer(payload).data)


class OutlineView(TrackingView):
    """The outline of one course."""

    @extend_schema(responses=OutlineSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return the outline to learners and instructors of the course."""
        access.require_course(request, course_key)
        outline = access.get_or_404(CourseOutline.objects.filter(course_key=course_key).first())
        payload = {
            "course_key": course_key,
            "course_title": outline.title,
            "freshness": freshness.find_freshness(outline, now=timezone.now()),
            "starts_at": outline.starts_at,
            "ends_at": outline.ends_at,
            "time_zone": outline.time_zone,
            "may_see_class": access.is_instructor(request, course_key),
            "units": OutlineUnit.objects.filter(course_key=course_key).order_by("position"),
        }
        return Response(OutlineSerializer(payload).data)


class ClassOverviewView(TrackingView):
    """Overview of one class, for its instructors."""

    @extend_schema(responses=ClassOverviewSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return the overview with every lesson and every learner."""
        access.require_class(request, course_key)
        overview = access.get_or_404(course_overview.find_class_overview(course_key, now=timezone.now()))
        access_log.log_class_access(request.user, course_key, door=AccessChannel.API)
        return Response(ClassOverviewSerializer(overview).data)


class UnitReportsView(TrackingView):
    """The figures of the lessons and quizzes of a course, for its instructors."""

    @extend_schema(responses=UnitsSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return them in course order. A figure of nothing is null."""
        access.require_class(request, course_key)
        found = access.get_or_404(class_units.find_class_units(course_key, now=timezone.now()))
        payload = {"as_of": found.freshness.as_of, "units": found.units}
        return Response(UnitsSerializer(payload).data)
