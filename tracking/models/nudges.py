"""Messages from instructors to learners, and whether they were read."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from tracking.models.actions import Action
from tracking.models.keys import KEY_LENGTH
from tracking.models.rows import Row, WriterManager


class Nudge(Row):
    """One message to one learner. Its text, sender and time are in ``action``.

    It is shown until the learner closes it or its action is undone.
    """

    action = models.OneToOneField(Action, on_delete=models.CASCADE, related_name="nudge")
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    course_key = models.CharField(max_length=KEY_LENGTH)
    sent_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = WriterManager()

    class Meta:
        indexes = [
            # The learner page shows the messages that are not closed.
            models.Index(fields=["learner", "course_key"], name="tracking_nudge_learner"),
        ]

    def __str__(self) -> str:
        return f"nudge in {self.course_key}"
