"""Rollups of learners, made from their days and attempts. Times are in milliseconds."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from tracking.definitions.states import UnitState
from tracking.models.keys import KEY_LENGTH
from tracking.models.rows import Row, WriterManager


class LearnerUnit(Row):
    """The state of one learner in one unit. A unit without a row is *not reached*.

    Shares are scores from 0 to 1 of graded attempts, ordered by submission. ``is_engaged`` is true if the learner did
    more than open the unit; it decides whether earlier units were skipped.
    """

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    course_key = models.CharField(max_length=KEY_LENGTH)
    unit_key = models.CharField(max_length=KEY_LENGTH)
    state = models.CharField(max_length=12, choices=UnitState.choices)
    is_engaged = models.BooleanField(default=False)
    active_ms = models.PositiveBigIntegerField(default=0)
    visible_ms = models.PositiveBigIntegerField(default=0)
    media_ms = models.PositiveBigIntegerField(default=0)
    estimated_ms = models.PositiveBigIntegerField(default=0)
    reported_later_ms = models.PositiveBigIntegerField(default=0, db_default=0)
    view_count = models.PositiveBigIntegerField(default=0)
    access_count = models.PositiveBigIntegerField(default=0)
    scroll_percent = models.PositiveSmallIntegerField(default=0)
    attempt_count = models.PositiveIntegerField(default=0)
    first_share = models.FloatField(null=True, blank=True)
    best_share = models.FloatField(null=True, blank=True)
    last_share = models.FloatField(null=True, blank=True)
    is_passed_first = models.BooleanField(null=True, blank=True)
    is_passed = models.BooleanField(null=True, blank=True)
    first_at = models.DateTimeField(null=True, blank=True)
    last_at = models.DateTimeField(null=True, blank=True)

    objects = WriterManager()

    class Meta:
        indexes = [
            # The class page counts states and takes medians per unit of one course.
            models.Index(fields=["course_key", "unit_key", "state"], name="tracking_learner_unit_class"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "course_key", "unit_key"], name="tracking_learner_unit_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course_key}/{self.unit_key}: {self.state}"


class LearnerCourse(Row):
    """One learner in one course: the row of the class page, and the head of the learner's own page.

    ``required_count`` is the denominator of progress: required, available lessons and quizzes.
    """

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    course_key = models.CharField(max_length=KEY_LENGTH)
    active_ms = models.PositiveBigIntegerField(default=0)
    estimated_ms = models.PositiveBigIntegerField(default=0)
    reported_later_ms = models.PositiveBigIntegerField(default=0, db_default=0)
    required_count = models.PositiveIntegerField(default=0)
    completed_count = models.PositiveIntegerField(default=0)
    skipped_count = models.PositiveIntegerField(default=0)
    failed_count = models.PositiveIntegerField(default=0)
    attempt_count = models.PositiveIntegerField(default=0)
    last_unit_key = models.CharField(max_length=KEY_LENGTH, blank=True)
    first_at = models.DateTimeField(null=True, blank=True)
    last_at = models.DateTimeField(null=True, blank=True)
    rolled_up_at = models.DateTimeField(null=True, blank=True)

    objects = WriterManager()

    class Meta:
        indexes = [
            # The class page lists the learners of one course.
            models.Index(fields=["course_key"], name="tracking_learner_course_class"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["learner", "course_key"], name="tracking_learner_course_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.completed_count}/{self.required_count} of {self.course_key}"


class LearnerPattern(Row):
    """When one learner is active in one course, and how they go through it, over all their days.

    ``hours`` are ``{hour of the week: [active_ms, view_count]}``; 0 is Monday from midnight in the course's time zone.
    ``transitions`` are ``{from unit: {to unit: count}}``; an empty key is the beginning or the end of a visit.
    """

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    course_key = models.CharField(max_length=KEY_LENGTH)
    hours = models.JSONField(default=dict, blank=True)
    transitions = models.JSONField(default=dict, blank=True)

    objects = WriterManager()

    class Meta:
        indexes = [
            # The class rollup adds up the patterns of one course.
            models.Index(fields=["course_key"], name="tracking_pattern_class"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["learner", "course_key"], name="tracking_pattern_unique"),
        ]

    def __str__(self) -> str:
        return f"pattern in {self.course_key}"
