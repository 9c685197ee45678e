"""The access log: who saw which personal data, when and by which channel."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from tracking.models.keys import KEY_LENGTH
from tracking.models.rows import Row, WriterManager


class AccessLogQuerySet(models.QuerySet["AccessLogEntry"]):
    """Queries of the access log."""

    def about_learners(self) -> AccessLogQuerySet:
        """Return accesses to the data of one learner each."""
        return self.filter(learner__isnull=False)


class AccessLogEntry(Row):
    """Personal data of a learner was shown to another person. Written once and never changed.

    ``learner`` is empty if a whole class was shown. ``viewer`` is empty if no one was logged in, as for a command, or
    if the account was deleted. ``resource`` and ``channel`` are values of ``privacy.access_log.What`` and
    ``AccessChannel``.
    """

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        null=True,
        blank=True,
    )
    viewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    resource = models.CharField(max_length=20)
    channel = models.CharField(max_length=10)
    course_key = models.CharField(max_length=KEY_LENGTH, blank=True)
    accessed_at = models.DateTimeField(default=timezone.now)

    objects = WriterManager.from_queryset(AccessLogQuerySet)()

    class Meta:
        indexes = [
            # The learner's own access log, newest first.
            models.Index(fields=["learner", "-accessed_at"], name="tracking_access_log_learner"),
            # The same list for accesses to the whole class.
            models.Index(
                fields=["course_key", "-accessed_at"],
                condition=models.Q(learner__isnull=True),
                name="tracking_access_log_class",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource} by {self.channel} at {self.accessed_at:%Y-%m-%d %H:%M}"
