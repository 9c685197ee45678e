"""Stats about a class, over its enrolled learners who share their activity, or about one group in it.

Times are in milliseconds. Percentiles (p25, median, p75, p90) are empty if they are of no learner.
"""

from __future__ import annotations

from django.db import models

from tracking.models.keys import KEY_LENGTH
from tracking.models.rows import Row, WriterManager


class AbstractActiveTime(Row):
    """How long the learners in ``timed_count``, those with any active time, were active."""

    timed_count = models.PositiveIntegerField(default=0)
    p25_active_ms = models.PositiveBigIntegerField(null=True, blank=True)
    median_active_ms = models.PositiveBigIntegerField(null=True, blank=True)
    p75_active_ms = models.PositiveBigIntegerField(null=True, blank=True)
    p90_active_ms = models.PositiveBigIntegerField(null=True, blank=True)

    class Meta:
        abstract = True


class AbstractUnitStats(AbstractActiveTime):
    """One lesson or quiz in counts of learners; ``definitions.shares`` says which count is part of which.

    ``learner_count`` counts learners who are not excused.
    """

    course_key = models.CharField(max_length=KEY_LENGTH)
    unit_key = models.CharField(max_length=KEY_LENGTH)
    learner_count = models.PositiveIntegerField(default=0)
    reached_count = models.PositiveIntegerField(default=0)
    completed_count = models.PositiveIntegerField(default=0)
    skipped_count = models.PositiveIntegerField(default=0)
    skimmed_count = models.PositiveIntegerField(default=0)
    failed_count = models.PositiveIntegerField(default=0)
    attempted_count = models.PositiveIntegerField(default=0)
    """Learners who submitted an attempt."""
    first_decided_count = models.PositiveIntegerField(default=0)
    """Learners whose first submitted attempt was passed or failed."""
    first_passed_count = models.PositiveIntegerField(default=0)
    decided_count = models.PositiveIntegerField(default=0)
    """Learners with any attempt that was passed or failed."""
    passed_count = models.PositiveIntegerField(default=0)
    mean_first_share = models.FloatField(null=True, blank=True)
    p25_first_share = models.FloatField(null=True, blank=True)
    median_first_share = models.FloatField(null=True, blank=True)
    p75_first_share = models.FloatField(null=True, blank=True)
    p90_first_share = models.FloatField(null=True, blank=True)
    answered_count = models.PositiveIntegerField(default=0)
    correct_count = models.PositiveIntegerField(default=0)
    answering_learner_count = models.PositiveIntegerField(default=0)
    """The learners who gave those answers: one may have given many."""

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.course_key}/{self.unit_key}: {self.reached_count} of {self.learner_count} reached"


class AbstractDayStats(AbstractActiveTime):
    """One day; ``learner_count`` counts the learners with any activity other than an attempt."""

    course_key = models.CharField(max_length=KEY_LENGTH)
    day = models.DateField()
    learner_count = models.PositiveIntegerField(default=0)
    active_ms = models.PositiveBigIntegerField(default=0)
    view_count = models.PositiveBigIntegerField(default=0)
    access_count = models.PositiveBigIntegerField(default=0)
    attempt_count = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.course_key} on {self.day}"


class UnitStats(AbstractUnitStats):
    """One unit over all enrolled learners of the course."""

    objects = WriterManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course_key", "unit_key"], name="tracking_unit_stats_unique"),
        ]


class GroupUnitStats(AbstractUnitStats):
    """One unit over the enrolled learners of one group."""

    group_key = models.CharField(max_length=KEY_LENGTH)

    objects = WriterManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["course_key", "group_key", "unit_key"], name="tracking_group_unit_stats_unique"
            ),
        ]


class CourseDay(AbstractDayStats):
    """One day of one course over all enrolled learners."""

    objects = WriterManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course_key", "day"], name="tracking_course_day_unique"),
        ]


class GroupDay(AbstractDayStats):
    """One day of one course over the enrolled learners of one group."""

    group_key = models.CharField(max_length=KEY_LENGTH)

    objects = WriterManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["course_key", "group_key", "day"], name="tracking_group_day_unique"
            ),
        ]


class CourseWeek(AbstractActiveTime):
    """One week since the start of a course, so that runs can be compared week by week; the first is 0.

    If the course has no start, each learner's weeks begin at the enrolment, or else on the learner's first day.
    """

    course_key = models.CharField(max_length=KEY_LENGTH)
    week = models.SmallIntegerField()
    enrolled_count = models.PositiveIntegerField(default=0)
    learner_count = models.PositiveIntegerField(default=0)
    active_ms = models.PositiveBigIntegerField(default=0)
    view_count = models.PositiveBigIntegerField(default=0)
    access_count = models.PositiveBigIntegerField(default=0)
    attempt_count = models.PositiveIntegerField(default=0)

    objects = WriterManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course_key", "week"], name="tracking_course_week_unique"),
        ]

    def __str__(self) -> str:
        return f"week {self.week} of {self.course_key}"


class CourseHour(Row):
    """One hour of the week (0 is Monday from midnight, in the course's time zone) over all weeks of a course."""

    course_key = models.CharField(max_length=KEY_LENGTH)
    hour = models.PositiveSmallIntegerField()
    learner_count = models.PositiveIntegerField(default=0)
    active_ms = models.PositiveBigIntegerField(default=0)
    view_count = models.PositiveBigIntegerField(default=0)

    objects = WriterManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course_key", "hour"], name="tracking_course_hour_unique"),
            models.CheckConstraint(
                condition=models.Q(hour__lt=7 * 24), name="tracking_course_hour_within_week"
            ),
        ]

    def __str__(self) -> str:
        return f"hour {self.hour} of the week in {self.course_key}"


class UnitTransition(Row):
    """How often learners went from one unit to another within a visit, and how many of them did.

    An empty key is the beginning or the end of a visit.
    """

    course_key = models.CharField(max_length=KEY_LENGTH)
    from_unit_key = models.CharField(max_length=KEY_LENGTH, blank=True)
    to_unit_key = models.CharField(max_length=KEY_LENGTH, blank=True)
    learner_count = models.PositiveIntegerField(default=0)
    transition_count = models.PositiveBigIntegerField(default=0)

    objects = WriterManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["course_key", "from_unit_key", "to_unit_key"], name="tracking_unit_transition_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course_key}: {self.from_unit_key} to {self.to_unit_key}, {self.learner_count} learners"


class ModuleStats(AbstractActiveTime):
    """One module over its class: its lessons and quizzes at any depth. An empty key is for units in no module.

    ``unit_count`` counts the required and available ones; ``module_state`` derives reached, skipped and completed from
    them. If it is 0, no learner can skip or complete the module, and it is reached by opening anything in it.
    ``learner_count`` counts learners who are not excused from all of it.
    """

    course_key = models.CharField(max_length=KEY_LENGTH)
    module_key = models.CharField(max_length=KEY_LENGTH)
    unit_count = models.PositiveIntegerField(default=0)
    learner_count = models.PositiveIntegerField(default=0)
    reached_count = models.PositiveIntegerField(default=0)
    skipped_count = models.PositiveIntegerField(default=0)
    completed_count = models.PositiveIntegerField(default=0)

    objects = WriterManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course_key", "module_key"], name="tracking_module_stats_unique"),
        ]

    def __str__(self) -> str:
        return (
            f"{self.course_key}/{self.module_key}: {self.completed_count} of {self.learner_count} completed"
        )
