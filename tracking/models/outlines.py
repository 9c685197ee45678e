"""A copy of the host's outlines and enrolments, as of the last refresh."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from tracking.events import UnitKind
from tracking.models.keys import KEY_LENGTH
from tracking.models.rows import Row, WriterManager


class CourseOutline(Row):
    """One course, as the host's adapter described it at ``refreshed_at``.

    ``settings_fingerprint`` identifies the version and thresholds with which its rows were made, or are being
    recomputed.
    """

    course_key = models.CharField(max_length=KEY_LENGTH, primary_key=True)
    title = models.CharField(max_length=300)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    time_zone = models.CharField(max_length=60, blank=True)
    is_simulated = models.BooleanField(default=False)
    refreshed_at = models.DateTimeField(default=timezone.now)
    rolled_up_at = models.DateTimeField(null=True, blank=True)
    settings_fingerprint = models.CharField(max_length=40, blank=True)

    objects = WriterManager()

    def __str__(self) -> str:
        return self.title


class OutlineUnit(Row):
    """One unit of an outline. ``position`` orders all units of a course as a learner meets them."""

    course_key = models.CharField(max_length=KEY_LENGTH)
    unit_key = models.CharField(max_length=KEY_LENGTH)
    parent_key = models.CharField(max_length=KEY_LENGTH, blank=True)
    kind = models.CharField(max_length=10, choices=UnitKind.choices)
    title = models.CharField(max_length=300)
    position = models.PositiveIntegerField()
    url = models.CharField(max_length=500, blank=True)
    expected_seconds = models.PositiveIntegerField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    is_available = models.BooleanField(default=True)
    is_required = models.BooleanField(default=True)
    skills = models.JSONField(default=list, blank=True)

    objects = WriterManager()

    class Meta:
        ordering = ["course_key", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["course_key", "unit_key"], name="tracking_outline_unit_unique_key"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Enrolment(Row):
    """One learner in one course, in at most one group of it."""

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    course_key = models.CharField(max_length=KEY_LENGTH)
    group_key = models.CharField(max_length=KEY_LENGTH, blank=True)
    group_title = models.CharField(max_length=300, blank=True)
    enrolled_at = models.DateTimeField(null=True, blank=True)
    excused_unit_keys = models.JSONField(default=list, blank=True)
    due_at = models.JSONField(default=dict, blank=True, null=True)
    """The learner's own due dates by unit key, in ISO 8601; empty in rows that an older version wrote."""

    objects = WriterManager()

    class Meta:
        indexes = [
            # The class page lists the learners of a course, or of one group in it.
            models.Index(fields=["course_key", "group_key"], name="tracking_enrolment_class"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "course_key"], name="tracking_enrolment_unique_learner"
            ),
        ]

    def __str__(self) -> str:
        return f"enrolment in {self.course_key}"
