"""The shape of the answers. Nothing is computed here: every field is one of a value in ``tracking.insights``."""

from __future__ import annotations

from rest_framework import serializers

from tracking.api.shapes import Shape, shape
from tracking.events import Purpose
from tracking.insights.freshness import Freshness

FreshnessSerializer = shape(Freshness)


class TrackerSerializer(Shape):
    """What a front end needs to load the tracker; the rest is empty unless ``state`` is ``on`` or ``tell``."""

    state = serializers.ChoiceField(choices=["on", "ask", "tell", "off"])
    script = serializers.CharField(allow_blank=True)
    endpoint = serializers.CharField(allow_blank=True)
    owner = serializers.CharField(allow_blank=True)


class AnswerSerializer(Shape):
    """What a learner said about one purpose; ``is_granted`` is null until there is an answer."""

    purpose = serializers.ChoiceField(choices=Purpose.choices)
    is_granted = serializers.BooleanField(allow_null=True)


class GivenAnswerSerializer(Shape):
    """A yes, a no, or with null "not now"; null also says that a notice was read."""

    purpose = serializers.ChoiceField(choices=Purpose.choices)
    is_granted = serializers.BooleanField(allow_null=True)


class AdviceSerializer(Shape):
    """One area to reinforce, with its reason, its evidence and the next step."""

    finding_id = serializers.IntegerField()
    learner_id = serializers.CharField(allow_null=True)
    course_key = serializers.CharField()
    unit_key = serializers.CharField(allow_blank=True)
    unit_title = serializers.CharField(allow_blank=True)
    unit_kind = serializers.CharField(allow_blank=True)
    url = serializers.CharField(allow_blank=True)
    reason = serializers.CharField()
    sentence = serializers.CharField()
    next_step = serializers.CharField()
    weight = serializers.FloatField()
    evidence = serializers.DictField()
    opened_at = serializers.DateTimeField()


class UnitProgressSerializer(Shape):
    """One lesson or quiz as a learner has it."""

    key = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.CharField()
    url = serializers.CharField(allow_blank=True)
    state = serializers.CharField()
    is_required = serializers.BooleanField()
    active_seconds = serializers.IntegerField()
    estimated_seconds = serializers.IntegerField()
    expected_seconds = serializers.IntegerField(allow_null=True)
    view_count = serializers.IntegerField()
    attempt_count = serializers.IntegerField()
    first_share = serializers.FloatField(allow_null=True)
    best_share = serializers.FloatField(allow_null=True)
    last_share = serializers.FloatField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    last_at = serializers.DateTimeField(allow_null=True)


class ModuleProgressSerializer(Shape):
    """One module with its units; ``state`` is null where nothing in it is required."""

    key = serializers.CharField(allow_blank=True)
    title = serializers.CharField(allow_blank=True)
    state = serializers.CharField(allow_null=True)
    completed_count = serializers.IntegerField()
    required_count = serializers.IntegerField()
    active_seconds = serializers.IntegerField()
    units = UnitProgressSerializer(many=True)


class TriedOnceSerializer(Shape):
    """One submitted attempt."""

    unit_key = serializers.CharField()
    unit_title = serializers.CharField()
    number = serializers.IntegerField()
    submitted_at = serializers.DateTimeField()
    share = serializers.FloatField(allow_null=True)
    is_passed = serializers.BooleanField(allow_null=True)
    change = serializers.FloatField(allow_null=True)


class DayOfLearningSerializer(Shape):
    """Active time on one day."""

    day = serializers.DateField()
    active_seconds = serializers.IntegerField()
    estimated_seconds = serializers.IntegerField()


class LearnerProgressSerializer(Shape):
    """One learner in one course, as on the learner's page."""

    learner_id = serializers.CharField()
    course_key = serializers.CharField()
    course_title = serializers.CharField()
    freshness = FreshnessSerializer()
    shares_engagement = serializers.BooleanField()
    required_count = serializers.IntegerField()
    completed_count = serializers.IntegerField()
    skipped_count = serializers.IntegerField()
    active_seconds = serializers.IntegerField()
    estimated_seconds = serializers.IntegerField()
    first_at = serializers.DateTimeField(allow_null=True)
    last_at = serializers.DateTimeField(allow_null=True)
    continue_with = UnitProgressSerializer(allow_null=True)
    practise = AdviceSerializer(many=True)
    modules = ModuleProgressSerializer(many=True)
    attempts = TriedOnceSerializer(many=True)
    days = DayOfLearningSerializer(many=True)


class UnitMeasuresSerializer(Shape):
    """One lesson or quiz over the class; a figure is null where too few people stand behind it."""

    key = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.CharField()
    url = serializers.CharField(allow_blank=True)
    module_title = serializers.CharField(allow_blank=True)
    is_required = serializers.BooleanField()
    learner_count = serializers.IntegerField()
    reached_share = serializers.FloatField(allow_null=True)
    skipped_share = serializers.FloatField(allow_null=True)
    completed_share = serializers.FloatField(allow_null=True)
    median_active_seconds = serializers.IntegerField(allow_null=True)
    expected_seconds = serializers.IntegerField(allow_null=True)
    first_try_share = serializers.FloatField(allow_null=True)
    first_try_count = serializers.IntegerField()
    passed_share = serializers.FloatField(allow_null=True)
    concerns = AdviceSerializer(many=True)


class LearnerRowSerializer(Shape):
    """One learner of a class."""

    learner_id = serializers.CharField()
    name = serializers.CharField()
    group_key = serializers.CharField(allow_blank=True)
    group_title = serializers.CharField(allow_blank=True)
    shares_engagement = serializers.BooleanField()
    required_count = serializers.IntegerField()
    completed_count = serializers.IntegerField()
    skipped_count = serializers.IntegerField()
    failed_count = serializers.IntegerField()
    attempt_count = serializers.IntegerField()
    active_seconds = serializers.IntegerField()
    estimated_seconds = serializers.IntegerField()
    last_at = serializers.DateTimeField(allow_null=True)
    concerns = AdviceSerializer(many=True)


class ClassOverviewSerializer(Shape):
    """One class, as on the instructor's page."""

    course_key = serializers.CharField()
    course_title = serializers.CharField()
    freshness = FreshnessSerializer()
    learner_count = serializers.IntegerField()
    not_sharing_count = serializers.IntegerField()
    active_this_week_count = serializers.IntegerField()
    finished_count = serializers.IntegerField()
    never_started_count = serializers.IntegerField()
    reinforce = AdviceSerializer(many=True)
    units = UnitMeasuresSerializer(many=True)
    learners = LearnerRowSerializer(many=True)
