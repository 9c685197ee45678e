"""Areas that a learner or a class should go back to."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tracking.definitions import reasons
from tracking.definitions.reasons import Audience
from tracking.models.keys import KEY_LENGTH
from tracking.models.rows import Row, WriterManager


class ClearReason(models.TextChoices):
    """What made a finding go."""

    COMPLETED = "completed", _("the lesson or quiz was completed")
    COURSE_FINISHED = "course_finished", _("the course was finished")
    REVIEW_DONE = "review_done", _("the assigned review was done")
    REVIEW_WITHDRAWN = "review_withdrawn", _("the assigned review was withdrawn")
    RETURNED = "returned", _("the learner returned")
    EXCUSED = "excused", _("the learner was excused from the lesson or quiz")
    UNAVAILABLE = "unavailable", _("the lesson or quiz was removed or locked")
    NOT_RUNNING = "not_running", _("the course is not running")
    UNENROLLED = "unenrolled", _("the learner left the course")
    REPLACED = "replaced", _("replaced by a more serious reason for the same lesson or quiz")
    RULE_DISABLED = "rule_disabled", _("the rule was switched off")
    IMPROVED = "improved", _("the figures no longer support it")


class FindingQuerySet(models.QuerySet["Finding"]):
    """Sentences about findings."""

    def open(self) -> FindingQuerySet:
        """Return findings whose cause is still there."""
        return self.filter(cleared_at__isnull=True)

    def visible_to(self, audience: Audience, *, now: datetime) -> FindingQuerySet:
        """Return open findings that ``audience`` has neither dismissed nor snoozed until after ``now``."""
        is_away = models.Q(triages__dismissed_at__isnull=False) | models.Q(triages__snoozed_until__gt=now)
        away = Finding.objects.filter(is_away, triages__audience=audience, pk=models.OuterRef("pk"))
        hidden = reasons.reasons_hidden_from(audience)
        return self.open().exclude(reason__in=hidden).filter(~models.Exists(away))

    def about_learners(self) -> FindingQuerySet:
        """Return findings about one learner each."""
        return self.filter(learner__isnull=False)

    def about_class(self) -> FindingQuerySet:
        """Return findings about a whole class."""
        return self.filter(learner__isnull=True)


class Finding(Row):
    """One area to reinforce, why, and the evidence.

    ``learner`` is empty where the finding is about the class. ``weight`` runs from 0 to 1 and ranks findings about the
    same learner. ``confidence`` from 0 to 1 says how much stands behind it. ``evidence`` holds the numbers that the
    sentence shown to people is made of, and names the rows behind them. ``severity`` is how bad it is in the rule's own
    unit; it is empty where only time makes it worse.
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
    reason = models.CharField(max_length=40, choices=reasons.reason_choices)
    weight = models.FloatField()
    confidence = models.FloatField(default=1.0)
    severity = models.FloatField(null=True, blank=True)
    evidence = models.JSONField(default=dict)
    opened_at = models.DateTimeField(default=timezone.now)
    cleared_at = models.DateTimeField(null=True, blank=True)
    clear_reason = models.CharField(max_length=20, choices=ClearReason.choices, blank=True)

    objects = WriterManager.from_queryset(FindingQuerySet)()

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
            models.CheckConstraint(
                condition=models.Q(confidence__gte=0) & models.Q(confidence__lte=1),
                name="tracking_finding_confidence_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.course_key}/{self.unit_key}"
