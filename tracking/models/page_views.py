"""What learners did, day by day: made from events, and kept when those are purged. Times are in milliseconds."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from tracking.models.keys import KEY_LENGTH
from tracking.models.rows import Row, WriterManager


class PageView(Row):
    """One opening of one unit in one tab, with what was measured in it.

    ``is_measured`` is false if no browser reported: then only ``estimated_ms`` is set, and the other times are 0.
    ``reported_later_ms`` is active time that the server did not witness. If it did not witness the opening either
    (``is_witnessed``), it is a mere claim: it is shown with the page view, and is in no sum.
    """

    # Not unique: messages days apart may share an id, and each day is computed from its own window.
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
    reported_later_ms = models.PositiveIntegerField(default=0, db_default=0)
    scroll_percent = models.PositiveSmallIntegerField(default=0)
    is_measured = models.BooleanField(default=True)
    is_witnessed = models.BooleanField(default=True, db_default=True)

    objects = WriterManager()

    class Meta:
        indexes = [
            # The timeline of one learner in one course, and the rollup that sets one day of it.
            models.Index(fields=["learner", "course_key", "opened_at"], name="tracking_page_view_timeline"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(active_ms__lte=models.F("visible_ms")),
                name="tracking_page_view_active_within_visible",
            ),
        ]

    def __str__(self) -> str:
        return f"page view of {self.course_key}/{self.unit_key} at {self.opened_at:%Y-%m-%d %H:%M}"


class LearnerUnitDay(Row):
    """What one learner did in one unit on one day of the course's time zone. ``active_ms`` is a union, never a sum."""

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    course_key = models.CharField(max_length=KEY_LENGTH)
    unit_key = models.CharField(max_length=KEY_LENGTH)
    day = models.DateField()
    active_ms = models.PositiveIntegerField(default=0)
    visible_ms = models.PositiveBigIntegerField(default=0)
    media_ms = models.PositiveBigIntegerField(default=0)
    estimated_ms = models.PositiveBigIntegerField(default=0)
    reported_later_ms = models.PositiveIntegerField(default=0, db_default=0)
    view_count = models.PositiveIntegerField(default=0)
    access_count = models.PositiveBigIntegerField(default=0)
    scroll_percent = models.PositiveSmallIntegerField(default=0)
    is_completed = models.BooleanField(default=False)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    objects = WriterManager()

    class Meta:
        indexes = [
            # The rollup sets one day of one learner.
            models.Index(fields=["learner", "course_key", "day"], name="tracking_unit_day_of_day"),
        ]
        constraints = [
            # In this order the rollup adds up one unit without reading the learner's others.
            models.UniqueConstraint(
                fields=["learner", "course_key", "unit_key", "day"], name="tracking_learner_unit_day_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course_key}/{self.unit_key} on {self.day}"


class LearnerCourseDay(Row):
    """One learner's day in one course: the union over its units, so that two tabs at once count once.

    ``is_final`` is true if the raw events of the day have been purged: no rollup recomputes it, or its figures would be
    lost. ``hours`` are ``{hour: [active_ms, view_count]}`` by hour of that day. ``transitions`` are ``{from unit: {to
    unit: count}}`` within its visits; an empty key is the beginning or the end of a visit.
    """

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    course_key = models.CharField(max_length=KEY_LENGTH)
    day = models.DateField()
    active_ms = models.PositiveIntegerField(default=0)
    estimated_ms = models.PositiveBigIntegerField(default=0)
    reported_later_ms = models.PositiveIntegerField(default=0, db_default=0)
    view_count = models.PositiveIntegerField(default=0)
    access_count = models.PositiveBigIntegerField(default=0)
    last_at = models.DateTimeField()
    hours = models.JSONField(default=dict, blank=True)
    transitions = models.JSONField(default=dict, blank=True)
    is_final = models.BooleanField(default=False)

    objects = WriterManager()

    class Meta:
        indexes = [
            # The class rollup and trends read all learners of one course by day.
            models.Index(fields=["course_key", "day"], name="tracking_learner_day_course"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "course_key", "day"], name="tracking_learner_course_day_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course_key} on {self.day}"
