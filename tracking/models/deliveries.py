"""The outbox: what waits to be sent to other systems, written in the transaction of what it reports."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone

from tracking import conf
from tracking.models.keys import KEY_LENGTH
from tracking.models.rows import Row, WriterManager


class Topic(models.TextChoices):
    """What a delivery reports. The values are stable: they are sent."""

    EVENT = "event", "an event"
    ATTEMPT = "attempt", "an attempt, as it is when the delivery is sent"
    ATTEMPT_GRADED = "attempt.graded", "an attempt was graded or regraded"
    UNIT_COMPLETED = "unit.completed", "a learner completed a unit"
    MODULE_COMPLETED = "module.completed", "a learner completed all that a module requires"
    COURSE_COMPLETED = "course.completed", "a learner completed all that a course requires"
    FINDING_OPENED = "finding.opened", "a finding was opened"
    FINDING_CLEARED = "finding.cleared", "a finding was cleared"


WEBHOOK_TOPICS = (
    Topic.ATTEMPT_GRADED, Topic.UNIT_COMPLETED, Topic.MODULE_COMPLETED, Topic.COURSE_COMPLETED, Topic.FINDING_OPENED,
    Topic.FINDING_CLEARED,
)  # fmt: skip


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Queries of deliveries."""

    def waiting(self) -> DeliveryQuerySet:
        """Return those that are not delivered and not dead letters."""
        return self.filter(delivered_at__isnull=True, failed_count__lt=conf.get_settings().DELIVERY_MAX_TRIES)

    def due(self, now: datetime) -> DeliveryQuerySet:
        """Return those to try now."""
        return self.waiting().filter(models.Q(retry_at__isnull=True) | models.Q(retry_at__lte=now))

    def dead(self) -> DeliveryQuerySet:
        """Return the dead letters, which failed too often to be retried automatically."""
        return self.filter(
            delivered_at__isnull=True, failed_count__gte=conf.get_settings().DELIVERY_MAX_TRIES
        )


class Delivery(Row):
    """One report to one target. ``source_key`` names the row that it reports, ``payload`` is what a webhook is sent.

    ``target`` is the primary key of a webhook, or the name of a registered target. What a webhook was sent is kept for
    a while, so that it can be sent again on request.
    """

    target = models.CharField(max_length=40)
    topic = models.CharField(max_length=20, choices=Topic.choices)
    source_key = models.CharField(max_length=KEY_LENGTH)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        null=True,
        blank=True,
    )
    payload = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField(null=True, blank=True)
    failed_count = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)

    objects = WriterManager.from_queryset(DeliveryQuerySet)()

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            # The job claims the oldest of a target; the operator sees what waits.
            models.Index(
                fields=["target", "id"],
                condition=models.Q(delivered_at__isnull=True),
                name="tracking_delivery_waiting",
            ),
            # Erasing a learner deletes the deliveries about them.
            models.Index(fields=["learner"], name="tracking_delivery_learner"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.source_key} for {self.target}"


class Webhook(Row):
    """An address to which some topics are sent, and the secret that signs them."""

    url = models.URLField(max_length=500)
    secret = models.CharField(max_length=100)
    topics = models.JSONField(default=list)
    course_keys = models.JSONField(default=list, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = WriterManager()

    def __str__(self) -> str:
        return self.url
