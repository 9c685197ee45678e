"""The change queue: what has changed since the rollups last processed it, append-only."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone

from tracking import conf
from tracking.models.keys import KEY_LENGTH
from tracking.models.rows import Row, WriterManager


class RollupStage(models.TextChoices):
    """Whose rows a change makes stale."""

    OUTLINE = "outline", "the outline and enrolments of a course"
    LEARNER = "learner", "a learner in a course; with a day, also that day's events"
    CLASS = "class", "the class figures of a course; with a day, those that depend on this day"
    QUESTIONS = "questions", "the questions of a course, and how hard they are"
    SKILLS = "skills", "the skills of a learner in a course"
    FINDINGS = (
        "findings",
        "the findings about a learner in a course, or about the class where no learner is named",
    )


class PendingChangeQuerySet(models.QuerySet["PendingChange"]):
    """Queries of changes that are waiting, and of those that cannot be processed."""

    def due(self, now: datetime) -> PendingChangeQuerySet:
        """Return those to process now: neither dead letters nor waiting for a retry."""
        return self.waiting().filter(models.Q(retry_at__isnull=True) | models.Q(retry_at__lte=now))

    def waiting(self) -> PendingChangeQuerySet:
        """Return those that will be processed automatically."""
        return self.filter(failed_count__lt=conf.get_settings().ROLLUP_MAX_TRIES)

    def dead(self) -> PendingChangeQuerySet:
        """Return the dead letters, which failed too often to be retried automatically."""
        return self.filter(failed_count__gte=conf.get_settings().ROLLUP_MAX_TRIES)


class PendingChange(Row):
    """Something changed. Written in the transaction of the change; deleted in the transaction that rolls it up.

    ``day`` is a day in UTC, set only if raw events changed; with ``last_day`` the change covers all days from ``day``
    to that one. For a class, it is a day in the course's time zone. ``failed_count``, ``retry_at`` and ``error`` are
    about failed tries to process it.
    """

    stage = models.CharField(max_length=10, choices=RollupStage.choices)
    course_key = models.CharField(max_length=KEY_LENGTH)
    # No constraint in the database: a change may outlive its user.
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_index=False,
        db_constraint=False,
        null=True,
        blank=True,
    )
    day = models.DateField(null=True, blank=True)
    last_day = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    failed_count = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)

    objects = WriterManager.from_queryset(PendingChangeQuerySet)()

    class Meta:
        indexes = [
            # Each job claims the oldest changes of its stage; the lag on every page is the age of the oldest change.
            models.Index(fields=["stage", "id"], name="tracking_pending_change_claim"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(stage__in=["outline", "class", "questions"], learner__isnull=True)
                | models.Q(stage__in=["learner", "skills"], learner__isnull=False)
                | models.Q(stage="findings"),
                name="tracking_pending_change_learner_fits_stage",
            ),
            models.CheckConstraint(
                condition=models.Q(last_day__isnull=True) | models.Q(last_day__gte=models.F("day")),
                name="tracking_pending_change_days_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage} of {self.course_key} changed"
