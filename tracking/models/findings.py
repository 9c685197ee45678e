"""Areas that a learner or a class should go back to."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tracking.models.keys import KEY_LENGTH


class Reason(models.TextChoices):
    """Why an area needs reinforcement."""

    SKIPPED_CAUSE = "skipped_cause", _("questions missed on a lesson that was passed over")
    REPEATED_FAILURE = "repeated_failure", _("a quiz failed again and again")
    FAILED = "failed", _("a quiz not passed yet")
    LOW_SCORE = "low_score", _("questions missed on one lesson")
    SKIPPED = "skipped", _("a lesson passed over")
    LONG_TIME = "long_time", _("far more time than the class, and not finished")
    INACTIVE = "inactive", _("no sign for a while")
    NEVER_STARTED = "never_started", _("never started")
    SKIPPED_BY_MANY = "skipped_by_many", _("a lesson that many passed over")
    HARD_QUIZ = "hard_quiz", _("a quiz that few pass at the first try")
    HARD_LESSON = "hard_lesson", _("a lesson whose questions many miss")


class FindingQuerySet(models.QuerySet["Finding"]):
    """Sentences about findings."""

    def open(self) -> FindingQuerySet:
        """Return findings whose cause is still there."""
        return self.filter(cleared_at__isnull=True)

    def about_learners(self) -> FindingQuerySet:
        """Return findings about one learner each."""
        return self.filter(learner__isnull=False)

    def about_class(self) -> FindingQuerySet:
        """Return findings about a whole class."""
        return self.filter(learner__isnull=True)


class Finding(models.Model):
    """One area to reinforce, why, and the evidence.

    ``learner`` is empty where the finding is about the class. ``weight`` runs from 0 to 1 and ranks findings about the
    same learner. ``evidence`` holds the numbers that the sentence shown to people is made of.
    """

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        null=True,
        blank=True,
    )
    course_key = models.CharField(max_length=KEY_LENGTH)
    unit_key = models.CharField(max_length=KEY_LENGTH, blank=True)
    reason = models.CharField(max_length=20, choices=Reason.choices)
    weight = models.FloatField()
    evidence = models.JSONField(default=dict)
    opened_at = models.DateTimeField(default=timezone.now)
    cleared_at = models.DateTimeField(null=True, blank=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        indexes = [
            # The class page lists the open findings of a course, heaviest first.
            models.Index(
                fields=["course_key", "-weight"],
                condition=models.Q(cleared_at__isnull=True),
                name="tracking_finding_open",
            ),
            # The learner page lists one learner's findings in one course.
            models.Index(fields=["learner", "course_key"], name="tracking_finding_learner"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "course_key", "unit_key", "reason"],
                condition=models.Q(cleared_at__isnull=True, learner__isnull=False),
                name="tracking_finding_unique_open_learner",
            ),
            models.UniqueConstraint(
                fields=["course_key", "unit_key", "reason"],
                condition=models.Q(cleared_at__isnull=True, learner__isnull=True),
                name="tracking_finding_unique_open_class",
            ),
            models.CheckConstraint(
                condition=models.Q(weight__gte=0) & models.Q(weight__lte=1),
                name="tracking_finding_weight_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.course_key}/{self.unit_key}"
