"""By which rule time was counted, and since when."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class IdleSetting(models.Model):
    """From ``since`` on, time did not count as active after ``idle_seconds`` without input, until the next row."""

    since = models.DateTimeField(default=timezone.now)
    idle_seconds = models.PositiveIntegerField()

    objects = models.Manager()

    class Meta:
        constraints = [
            # Two jobs that find the same change at once note it once or beside one another, which says the same.
            models.UniqueConstraint(fields=["since", "idle_seconds"], name="tracking_idle_setting_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.idle_seconds} s without input, since {self.since:%Y-%m-%d %H:%M}"
