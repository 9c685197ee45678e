"""The raw record: one row for each thing that happened, written once and never changed."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone

from tracking.events import EventSource
from tracking.models.keys import KEY_LENGTH
from tracking.models.rows import Row, WriterManager


class EventQuerySet(models.QuerySet["Event"]):
    """Sentences about events."""

    def between(self, start: datetime, end: datetime) -> EventQuerySet:
        """Return events in the half-open interval ``[start, end)``."""
        return self.filter(happened_at__gte=start, happened_at__lt=end)


class Event(Row):
    """One thing that happened. ``id`` is made where it happened, so a repeated message is stored once.

    ``is_detail`` is what its kind said when it was stored: whether the lesson page reads it.
    """

    id = models.UUIDField(primary_key=True)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    course_key = models.CharField(max_length=KEY_LENGTH)
    unit_key = models.CharField(max_length=KEY_LENGTH, blank=True)
    kind = models.CharField(max_length=40)
    source = models.CharField(max_length=10, choices=EventSource.choices)
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)
    view_id = models.UUIDField(null=True, blank=True)
    visit_id = models.UUIDField(null=True, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    is_detail = models.BooleanField(default=False, editable=False)
    payload = models.JSONField(default=dict, blank=True)

    objects = WriterManager.from_queryset(EventQuerySet)()

    class Meta:
        indexes = [
            # The rollup reads one learner's day in one course; the learner's own list of events reads the same way.
            models.Index(fields=["learner", "course_key", "happened_at"], name="tracking_event_learner_day"),
            # The lesson page reads how one page was used: most events are not in it. By a column, not by a list of
            # kinds, so that a new kind changes no index.
            models.Index(
                fields=["course_key", "unit_key", "happened_at"],
                condition=models.Q(is_detail=True),
                name="tracking_event_details",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(kind=""), name="tracking_event_kind_given"),
            models.CheckConstraint(condition=~models.Q(course_key=""), name="tracking_event_course_given"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.course_key}/{self.unit_key} at {self.happened_at:%Y-%m-%d %H:%M:%S}"
