"""Records for the operator: rejections by reason, job runs and imports."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from tracking.models.keys import KEY_LENGTH
from tracking.models.rows import Row, WriterManager


class RejectionCount(Row):
    """How many events were rejected for one reason on one day (UTC)."""

    day = models.DateField()
    reason = models.CharField(max_length=40)
    rejected_count = models.PositiveBigIntegerField(default=0)

    objects = WriterManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "reason"], name="tracking_rejection_count_unique_day"),
        ]

    def __str__(self) -> str:
        return f"{self.rejected_count} rejected on {self.day}: {self.reason}"


class Tally(Row):
    """A count over all processes that only grows, for what leaves no row behind."""

    name = models.CharField(max_length=60, primary_key=True)
    count = models.PositiveBigIntegerField(default=0)

    objects = WriterManager()

    class Meta:
        verbose_name_plural = "tallies"

    def __str__(self) -> str:
        return f"{self.name}: {self.count}"


class JobRun(Row):
    """One run of a job: what, when, how many rows, and the error if it failed.

    Stored when it begins, so a run without an end is in progress or was killed. ``summary`` is what the job reports.
    """

    job = models.CharField(max_length=40)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    handled_count = models.PositiveIntegerField(default=0)
    summary = models.TextField(blank=True)
    error = models.TextField(blank=True)

    objects = WriterManager()

    class Meta:
        indexes = [
            # The operator's page shows the newest runs of each job.
            models.Index(fields=["job", "-started_at"], name="tracking_job_run_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.job} at {self.started_at:%Y-%m-%d %H:%M:%S}"


class ImportRun(Row):
    """The progress of the import of one file, or of one model of the host.

    ``fingerprint`` identifies the file's content and the map. ``byte_position`` is the primary key of the last row of
    the host that was read.
    """

    fingerprint = models.CharField(max_length=64, unique=True)
    file_name = models.CharField(max_length=300)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    read_count = models.PositiveBigIntegerField(default=0)
    accepted_count = models.PositiveBigIntegerField(default=0)
    duplicate_count = models.PositiveBigIntegerField(default=0)
    rejected_counts = models.JSONField(default=dict, blank=True)
    byte_position = models.CharField(max_length=KEY_LENGTH, blank=True)

    objects = WriterManager()

    def __str__(self) -> str:
        return f"{self.file_name}: {self.read_count} rows read"
