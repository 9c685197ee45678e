"""The shape of the answers. Nothing is computed here: every field is one of a value in ``tracking.insights``."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tracking.api.shapes import Shape, shape
from tracking.events import Purpose
from tracking.insights.advice import Advice
from tracking.insights.class_overview import ClassOverview, LearnerRow
from tracking.insights.freshness import Freshness
from tracking.insights.learner_progress import LearnerProgress
from tracking.insights.unit_measures import UnitMeasures

FreshnessSerializer = shape(Freshness)
LearnerRowSerializer = shape(LearnerRow)
UnitMeasuresSerializer = shape(UnitMeasures)


TRACKER_STATES = ("on", "ask", "tell", "off")


# The states of units have that name, too: of two lists of choices drf-spectacular would make a name by chance.
@extend_schema_field({"type": "string", "oneOf": [{"const": each} for each in TRACKER_STATES]})
class TrackerState(serializers.ChoiceField):
    """What a page is to do about the tracker."""


class TrackerSerializer(Shape):
    """What a front end needs to load the tracker; the rest is empty unless ``state`` is ``on`` or ``tell``."""

    as_of = serializers.DateTimeField()
    state = TrackerState(choices=TRACKER_STATES)
    script = serializers.CharField(allow_blank=True)
    endpoint = serializers.CharField(allow_blank=True)
    owner = serializers.CharField(allow_blank=True)


class AnswerSerializer(Shape):
    """What a learner said about one purpose; ``is_granted`` is null until there is an answer."""

    purpose = serializers.ChoiceField(choices=Purpose.choices)
    is_granted = serializers.BooleanField(allow_null=True)


class AnswersSerializer(Shape):
    """What a learner said, purpose by purpose."""

    as_of = serializers.DateTimeField()
    answers = AnswerSerializer(many=True)


class ProcessingSerializer(Shape):
    """The record of processing."""

    as_of = serializers.DateTimeField()
    purposes = serializers.ListField(child=serializers.DictField())
    not_done = serializers.ListField(child=serializers.CharField())
    tables = serializers.ListField(child=serializers.DictField())


class GivenAnswerSerializer(Shape):
    """A yes, a no, or with null "not now"; null also says that a notice was read."""

    purpose = serializers.ChoiceField(choices=Purpose.choices)
    is_granted = serializers.BooleanField(allow_null=True)


AdviceSerializer = shape(Advice)


class MyProgressSerializer(shape(LearnerProgress)):  # type: ignore[misc]  # Made from the value.
    """One learner in one course, as on the learner's own page."""

    concerns = None
    """In words to instructors."""


class LearnerProgressSerializer(shape(LearnerProgress)):  # type: ignore[misc]
    """One learner in one course, as on the page for instructors: the same numbers."""


class ClassOverviewSerializer(shape(ClassOverview)):  # type: ignore[misc]
    """One class, as on the instructor's page. ``check_in`` are the keys of learners, the most urgent first."""

    check_in = serializers.SerializerMethodField()
    units = shape(UnitMeasures)(many=True)
    modules = None
    """Each unit names its module; ``modules/`` has their figures."""

    def get_check_in(self, overview: ClassOverview) -> list[str]:
        return [str(row.learner_id) for row in overview.check_in]
