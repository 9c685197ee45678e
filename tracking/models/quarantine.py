"""The quarantine: what was reported about an unknown course, unit or learner, until it is known or expires."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tracking.models.keys import KEY_LENGTH
from tracking.models.rows import Row, WriterManager


class QuarantineCause(models.TextChoices):
    """Why a record is in quarantine."""

    UNKNOWN_COURSE = "unknown_course", _("the host has no course with this key")
    UNKNOWN_UNIT = "unknown_unit", _("the course outline has no unit with this key")
    UNKNOWN_LEARNER = "unknown_learner", _("no user has this primary key")


class QuarantinedRecord(Row):
    """One event or attempt in quarantine: in no figure, and on no page but the operator's.

    ``fingerprint`` identifies it, so that a repeated report replaces it. ``kind`` is that of the event, or
    ``"attempt"``; ``source_label`` and ``source_key`` then name the host's row. ``payload`` is everything except the
    keys.
    """

    fingerprint = models.CharField(max_length=64, unique=True)
    cause = models.CharField(max_length=16, choices=QuarantineCause.choices)
    kind = models.CharField(max_length=40)
    source = models.CharField(max_length=10, blank=True)
    source_label = models.CharField(max_length=100, blank=True)
    source_key = models.CharField(max_length=KEY_LENGTH, blank=True)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        null=True,
        blank=True,
    )
    learner_key = models.CharField(max_length=KEY_LENGTH, blank=True)
    course_key = models.CharField(max_length=KEY_LENGTH, blank=True)
    unit_key = models.CharField(max_length=KEY_LENGTH, blank=True)
    happened_at = models.DateTimeField()
    quarantined_at = models.DateTimeField(default=timezone.now)
    payload = models.JSONField(default=dict, blank=True)

    objects = WriterManager()

    class Meta:
        indexes = [
            # The job releases records whose keys an outline has by now.
            models.Index(fields=["course_key", "unit_key"], name="tracking_quarantined_unit"),
            # Ingest counts those of a learner before it adds one; erasure deletes them.
            models.Index(fields=["learner"], name="tracking_quarantined_learner"),
            # The job deletes expired records.
            models.Index(fields=["quarantined_at"], name="tracking_quarantined_age"),
            # If the host deletes an attempt, it is deleted here too.
            models.Index(fields=["source_label", "source_key"], name="tracking_quarantined_source"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.course_key}/{self.unit_key}: {self.cause}"
