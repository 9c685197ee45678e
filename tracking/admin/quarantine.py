"""Admin of the quarantine: records whose course, unit or learner is unknown."""

from __future__ import annotations

from django.contrib import admin

from tracking.admin.read_only import LearnerDataAdmin
from tracking.models import QuarantinedRecord


@admin.register(QuarantinedRecord)
class QuarantinedRecordAdmin(LearnerDataAdmin):
    """Events and attempts in quarantine, by cause. A job releases them as soon as their keys are known."""

    list_display = (
        "quarantined_at", "cause", "kind", "course_key", "unit_key", "learner", "learner_key", "source_label",
        "source_key", "happened_at",
    )  # fmt: skip
    list_filter = ("cause", "kind", "source")
    date_hierarchy = "quarantined_at"
    ordering = ("-id",)
