"""The idle setting with which time was counted, and since when."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from tracking.models.rows import Row, WriterManager


class IdleSetting(Row):
    """From ``since`` on, time did not count as active after ``idle_seconds`` without input, until the next row."""

    since = models.DateTimeField(default=timezone.now)
    idle_seconds = models.PositiveIntegerField()

    objects = WriterManager()

    class Meta:
        constraints = [
            # Two jobs may find the same change at once; without this they would store it twice.
            models.UniqueConstraint(fields=["since", "idle_seconds"], name="tracking_idle_setting_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.idle_seconds} s without input, since {self.since:%Y-%m-%d %H:%M}"
