"""Files with their own data that learners requested, made by a job and kept for a while."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from tracking.models.rows import Row, WriterManager


class Download(Row):
    """One file with everything about one learner. ``written_row_count`` of ``row_count`` rows are in it so far."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    row_count = models.PositiveBigIntegerField(default=0)
    written_row_count = models.PositiveBigIntegerField(default=0)
    byte_count = models.PositiveBigIntegerField(default=0)

    objects = WriterManager()

    class Meta:
        indexes = [
            # The job claims unfinished downloads, oldest first.
            models.Index(
                fields=["requested_at"],
                condition=models.Q(finished_at__isnull=True),
                name="tracking_download_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"download of {self.requested_at:%Y-%m-%d %H:%M}"


class DownloadPart(Row):
    """Some bytes of the file. They are in a table because web servers and workers may share no disk."""

    download = models.ForeignKey(Download, on_delete=models.CASCADE, related_name="parts", db_index=False)
    position = models.PositiveIntegerField()
    content = models.BinaryField()

    objects = WriterManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["download", "position"], name="tracking_download_part_unique_position"
            ),
        ]

    def __str__(self) -> str:
        return f"part {self.position}"
