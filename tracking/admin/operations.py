"""Admin of rejections, job runs, imports and the change queue."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tracking.admin.read_only import LearnerDataAdmin, ReadOnlyAdmin, list_column
from tracking.models import ImportRun, JobRun, PendingChange, RejectionCount
from tracking.rollups.engine import change_queue


class FailedFilter(admin.SimpleListFilter):
    """Filters job runs by their outcome."""

    title = _("outcome")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("failed", _("failed")), ("done", _("done")), ("open", _("unfinished"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "failed":
            return queryset.exclude(error="")
        if self.value() == "done":
            return queryset.filter(error="", finished_at__isnull=False)
        return queryset.filter(finished_at__isnull=True) if self.value() == "open" else queryset


class QueueStatusFilter(admin.SimpleListFilter):
    """Filters changes by whether they are pending, will be retried, or are dead letters."""

    title = _("queue status")
    parameter_name = "place"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("waiting", _("pending")),
            ("failed", _("failed, will be retried")),
            ("aside", _("given up")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        pending = queryset & PendingChange.objects.waiting()
        if self.value() == "aside":
            return queryset & PendingChange.objects.dead()
        if self.value() == "failed":
            return pending.filter(failed_count__gt=0)
        return pending.filter(failed_count=0) if self.value() == "waiting" else queryset


@admin.register(RejectionCount)
class RejectionCountAdmin(ReadOnlyAdmin):
    """Rejections by day and reason."""

    list_display = ("day", "reason", "rejected_count")
    list_filter = ("reason",)
    date_hierarchy = "day"
    ordering = ("-day", "reason")
    search_fields = ("reason",)


@admin.register(JobRun)
class JobRunAdmin(ReadOnlyAdmin):
    """Runs of jobs, and the errors that ended them."""

    list_display = ("job", "started_at", "took", "handled_count", "summary", "error_line")
    list_filter = ("job", FailedFilter)
    date_hierarchy = "started_at"
    ordering = ("-started_at",)
    search_fields = ("error",)

    @list_column(_("duration"))
    def took(self, run: JobRun) -> timedelta | None:
        """Return how long the run took."""
        return None if run.finished_at is None else run.finished_at - run.started_at

    @list_column(_("error"))
    def error_line(self, run: JobRun) -> str | None:
        """Return the first line of the error."""
        return run.error.partition("\n")[0][:200] or None


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    """Imports of logs and backfills, and how far they got."""

    list_display = (
        "file_name", "started_at", "finished_at", "read_count", "accepted_count", "duplicate_count", "rejected_count",
    )  # fmt: skip
    list_filter = (("finished_at", admin.EmptyFieldListFilter),)
    date_hierarchy = "started_at"
    ordering = ("-started_at",)
    search_fields = ("file_name",)

    @list_column(_("rejected"))
    def rejected_count(self, run: ImportRun) -> int:
        """Return how many rows were rejected, for all reasons together."""
        return sum(run.rejected_counts.values())


@admin.register(PendingChange)
class PendingChangeAdmin(LearnerDataAdmin):
    """Changes that the rollup has not processed yet, oldest first."""

    resource = None  # A change does not show a learner's data, and its learner may be deleted.
    list_display = ("id", "stage", "course_key", "learner_id", "day", "created_at", "failed_count", "error")
    list_filter = ("stage", QueueStatusFilter)
    # A change may outlive its learner, so show only the id, without joining the user.
    date_hierarchy = "created_at"
    ordering = ("id",)
    actions = ("try_again",)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may retry changes, which needs the permission to change them."""
        return request.user.has_perm("tracking.change_pendingchange")

    @admin.action(description=_("Retry now, including changes that were given up"), permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[PendingChange]) -> None:
        """Retry the selected changes, as ``tracking_rollup --retry-failed`` does with all."""
        count = change_queue.retry_failed_changes(queryset)
        self.message_user(
            request,
            ngettext("%(count)s change will be retried.", "%(count)s changes will be retried.", count)
            % {"count": count},
        )
