"""Shapes of the responses. Nothing is calculated here: every field comes from a value of a report or finding."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tracking.api.value_serializers import Shape, serializer_for
from tracking.events import Purpose
from tracking.findings.presentation import PresentedFinding
from tracking.reports.course.learner_rows import LearnerRow
from tracking.reports.course.overview import ClassOverview
from tracking.reports.course.units import UnitReport
from tracking.reports.learner.progress import LearnerProgress
from tracking.rollups.freshness import Freshness

FreshnessSerializer = serializer_for(Freshness)
LearnerRowSerializer = serializer_for(LearnerRow)
UnitMeasuresSerializer = serializer_for(UnitReport)


TRACKER_STATES = ("on", "prompt", "notice", "off")


# The states of units are called "state", too. For two lists of choices drf-spectacular would generate unstable names.
@extend_schema_field({"type": "string", "oneOf": [{"const": each} for each in TRACKER_STATES]})
class TrackerState(serializers.ChoiceField):
    """What a page does about the tracker."""


class TrackerSerializer(Shape):
    """What a front end needs to load the tracker. All but ``state`` is empty unless it is ``on`` or ``notice``."""

    as_of = serializers.DateTimeField()
    state = TrackerState(choices=TRACKER_STATES)
    script = serializers.CharField(allow_blank=True)
    endpoint = serializers.CharField(allow_blank=True)
    owner = serializers.CharField(allow_blank=True)


class ConsentAnswerSerializer(Shape):
    """A learner's answer for one purpose. ``is_granted`` is null until there is an answer."""

    purpose = serializers.ChoiceField(choices=Purpose.choices)
    is_granted = serializers.BooleanField(allow_null=True)


class ConsentSerializer(Shape):
    """A learner's answers for all purposes that need consent."""

    as_of = serializers.DateTimeField()
    answers = ConsentAnswerSerializer(many=True)


class ProcessingSerializer(Shape):
    """The record of processing activities."""

    as_of = serializers.DateTimeField()
    purposes = serializers.ListField(child=serializers.DictField())
    not_done = serializers.ListField(child=serializers.CharField())
    tables = serializers.ListField(child=serializers.DictField())


class ConsentRequestSerializer(Shape):
    """An answer for one purpose. Null means "not now", or that a notice was read."""

    purpose = serializers.ChoiceField(choices=Purpose.choices)
    is_granted = serializers.BooleanField(allow_null=True)


AdviceSerializer = serializer_for(PresentedFinding)


class MyProgressSerializer(serializer_for(LearnerProgress)):  # type: ignore[misc]  # Made from the value.
    """One learner in one course, as on the learner's own page."""

    findings = None
    """Left out: these are worded for instructors."""


class LearnerProgressSerializer(serializer_for(LearnerProgress)):  # type: ignore[misc]
    """One learner in one course, with the same figures as on the page for instructors."""


class ClassOverviewSerializer(serializer_for(ClassOverview)):  # type: ignore[misc]
    """One class, as on the instructor's page. ``check_in`` lists keys of learners, the most urgent first."""

    check_in = serializers.SerializerMethodField()
    units = serializer_for(UnitReport)(many=True)
    modules = None
    """Left out: each unit names its module, and ``modules/`` has the figures."""

    def get_check_in(self, overview: ClassOverview) -> list[str]:
        return [str(row.learner_id) for row in overview.check_in]
