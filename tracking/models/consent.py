"""What each learner has said yes or no to, as an append-only record."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from tracking.events import Purpose


class Consent(models.Model):
    """One answer of one learner about one purpose. The newest row for a purpose is in force; no row means no."""

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    is_granted = models.BooleanField()
    version = models.PositiveIntegerField(default=1)
    source = models.CharField(max_length=40)
    given_at = models.DateTimeField(default=timezone.now)

    objects = models.Manager()

    class Meta:
        indexes = [
            # The newest answer of one learner about each purpose: read by the intake and the consent page.
            models.Index(fields=["learner", "purpose", "-given_at", "-id"], name="tracking_consent_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose}: {'yes' if self.is_granted else 'no'}"
