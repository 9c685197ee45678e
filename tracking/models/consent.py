"""What each learner has agreed or objected to, as an append-only record."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from tracking.events import Purpose
from tracking.models.rows import Row, WriterManager


class Consent(Row):
    """One answer of one learner about one purpose. The newest yes or no is in effect; without a row, the answer is no.

    ``is_granted`` is empty for "not now", and if a notice was read. ``version`` is that of the consent text answered.
    """

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    is_granted = models.BooleanField(null=True)
    version = models.PositiveIntegerField(default=1)
    source = models.CharField(max_length=40)
    given_at = models.DateTimeField(default=timezone.now)

    objects = WriterManager()

    class Meta:
        indexes = [
            # The newest answer of one learner about each purpose: read by ingest and the consent page.
            models.Index(fields=["learner", "purpose", "-given_at", "-id"], name="tracking_consent_newest"),
        ]

    def __str__(self) -> str:
        said = {True: "yes", False: "no", None: "not now"}[self.is_granted]
        return f"{self.purpose}: {said}"
