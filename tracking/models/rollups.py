"""What the jobs make of events and attempts.

Every row here can be made again from its source. Times are in milliseconds.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tracking.models.keys import KEY_LENGTH


class State(models.TextChoices):
    """Where a learner stands with a unit; ``rollups.states`` says when each holds."""

    EXEMPT = "exempt", _("exempt")
    LOCKED = "locked", _("locked")
    COMPLETED = "completed", _("completed")
    SUBMITTED = "submitted", _("awaiting grading")
    FAILED = "failed", _("not passed yet")
    SKIMMED = "skimmed", _("skimmed")
    IN_PROGRESS = "in_progress", _("in progress")
    BOUNCED = "bounced", _("opened briefly")
    SKIPPED = "skipped", _("skipped")
    NOT_REACHED = "not_reached", _("not reached")


class View(models.Model):
    """One opening of one unit in one tab, with what was measured in it.

    ``is_measured`` is false where no browser reported: then ``estimated_ms`` stands in, and the other times are 0.
    """

    view_id = models.UUIDField()
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    course_key = models.CharField(max_length=KEY_LENGTH)
    unit_key = models.CharField(max_length=KEY_LENGTH)
    visit_id = models.UUIDField(null=True, blank=True)
    opened_at = models.DateTimeField()
    last_at = models.DateTimeField()
    active_ms = models.PositiveIntegerField(default=0)
    visible_ms = models.PositiveIntegerField(default=0)
    media_ms = models.PositiveIntegerField(default=0)
    estimated_ms = models.PositiveIntegerField(default=0)
    scroll_percent = models.PositiveSmallIntegerField(default=0)
    is_measured = models.BooleanField(default=True)

    objects = models.Manager()

    class Meta:
        indexes = [
            # The timeline of one learner in one course, and the roll-up that sets one day of it.
            models.Index(fields=["learner", "course_key", "opened_at"], name="tracking_view_timeline"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(active_ms__lte=models.F("visible_ms")),
                name="tracking_view_active_within_visible",
            ),
        ]

    def __str__(self) -> str:
        return f"view of {self.course_key}/{self.unit_key} at {self.opened_at:%Y-%m-%d %H:%M}"


class LearnerUnitDay(models.Model):
    """What one learner did in one unit on one day of the course's time zone. ``active_ms`` is a union, never a sum."""

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    course_key = models.CharField(max_length=KEY_LENGTH)
    unit_key = models.CharField(max_length=KEY_LENGTH)
    day = models.DateField()
    active_ms = models.PositiveIntegerField(default=0)
    visible_ms = models.PositiveIntegerField(default=0)
    media_ms = models.PositiveIntegerField(default=0)
    estimated_ms = models.PositiveIntegerField(default=0)
    view_count = models.PositiveIntegerField(default=0)
    access_count = models.PositiveIntegerField(default=0)
    scroll_percent = models.PositiveSmallIntegerField(default=0)
    is_completed = models.BooleanField(default=False)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    objects = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "course_key", "day", "unit_key"], name="tracking_learner_unit_day_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course_key}/{self.unit_key} on {self.day}"


class LearnerCourseDay(models.Model):
    """One learner's day in one course: the union over its units, so two tabs at once count once.

    ``is_final`` where the raw events behind the day have been purged: no roll-up makes its rows again.
    """

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    course_key = models.CharField(max_length=KEY_LENGTH)
    day = models.DateField()
    active_ms = models.PositiveIntegerField(default=0)
    estimated_ms = models.PositiveIntegerField(default=0)
    view_count = models.PositiveIntegerField(default=0)
    access_count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    is_final = models.BooleanField(default=False)

    objects = models.Manager()

    class Meta:
        indexes = [
            # The class roll-up and trends read all learners of one course by day.
            models.Index(fields=["course_key", "day"], name="tracking_learner_day_course"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "course_key", "day"], name="tracking_learner_course_day_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course_key} on {self.day}"


class LearnerUnit(models.Model):
    """Where one learner stands with one unit. A unit without a row here is *not reached*.

    Shares are scores from 0 to 1 of graded attempts; first and last go by the moment of submission.
    """

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    course_key = models.CharField(max_length=KEY_LENGTH)
    unit_key = models.CharField(max_length=KEY_LENGTH)
    state = models.CharField(max_length=12, choices=State.choices)
    active_ms = models.PositiveBigIntegerField(default=0)
    visible_ms = models.PositiveBigIntegerField(default=0)
    media_ms = models.PositiveBigIntegerField(default=0)
    estimated_ms = models.PositiveBigIntegerField(default=0)
    view_count = models.PositiveIntegerField(default=0)
    access_count = models.PositiveIntegerField(default=0)
    scroll_percent = models.PositiveSmallIntegerField(default=0)
    attempt_count = models.PositiveIntegerField(default=0)
    first_share = models.FloatField(null=True, blank=True)
    best_share = models.FloatField(null=True, blank=True)
    last_share = models.FloatField(null=True, blank=True)
    is_passed_first = models.BooleanField(null=True, blank=True)
    is_passed = models.BooleanField(null=True, blank=True)
    first_at = models.DateTimeField(null=True, blank=True)
    last_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager()

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


class LearnerCourse(models.Model):
    """One learner in one course: the row of the class page, and the head of the learner's own page.

    ``required_count`` is the denominator of progress: required, available lessons and quizzes.
    """

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    course_key = models.CharField(max_length=KEY_LENGTH)
    active_ms = models.PositiveBigIntegerField(default=0)
    estimated_ms = models.PositiveBigIntegerField(default=0)
    required_count = models.PositiveIntegerField(default=0)
    completed_count = models.PositiveIntegerField(default=0)
    skipped_count = models.PositiveIntegerField(default=0)
    failed_count = models.PositiveIntegerField(default=0)
    attempt_count = models.PositiveIntegerField(default=0)
    last_unit_key = models.CharField(max_length=KEY_LENGTH, blank=True)
    first_at = models.DateTimeField(null=True, blank=True)
    last_at = models.DateTimeField(null=True, blank=True)
    rolled_up_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager()

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


class UnitSummary(models.Model):
    """One unit over all enrolled learners of the course, in counts; ``learner_count`` is the denominator."""

    course_key = models.CharField(max_length=KEY_LENGTH)
    unit_key = models.CharField(max_length=KEY_LENGTH)
    learner_count = models.PositiveIntegerField(default=0)
    reached_count = models.PositiveIntegerField(default=0)
    completed_count = models.PositiveIntegerField(default=0)
    skipped_count = models.PositiveIntegerField(default=0)
    skimmed_count = models.PositiveIntegerField(default=0)
    failed_count = models.PositiveIntegerField(default=0)
    timed_count = models.PositiveIntegerField(default=0)
    median_active_ms = models.PositiveBigIntegerField(null=True, blank=True)
    p90_active_ms = models.PositiveBigIntegerField(null=True, blank=True)
    attempted_count = models.PositiveIntegerField(default=0)
    first_passed_count = models.PositiveIntegerField(default=0)
    passed_count = models.PositiveIntegerField(default=0)
    mean_first_share = models.FloatField(null=True, blank=True)
    answered_count = models.PositiveIntegerField(default=0)
    correct_count = models.PositiveIntegerField(default=0)

    objects = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course_key", "unit_key"], name="tracking_unit_summary_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.course_key}/{self.unit_key}: {self.reached_count} of {self.learner_count} reached"


class CourseDay(models.Model):
    """One day of one course over all enrolled learners."""

    course_key = models.CharField(max_length=KEY_LENGTH)
    day = models.DateField()
    learner_count = models.PositiveIntegerField(default=0)
    active_ms = models.PositiveBigIntegerField(default=0)
    view_count = models.PositiveIntegerField(default=0)
    access_count = models.PositiveIntegerField(default=0)
    attempt_count = models.PositiveIntegerField(default=0)

    objects = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course_key", "day"], name="tracking_course_day_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.course_key} on {self.day}"
