"""Admin of the stored outlines and enrolments: their age and size."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tracking.admin.read_only import LearnerDataAdmin, ReadOnlyAdmin, age_text, list_column
from tracking.models import CourseOutline, Enrolment, OutlineUnit, PendingChange


@admin.register(CourseOutline)
class CourseOutlineAdmin(ReadOnlyAdmin):
    """Outlines with their age, units, learners and pending changes."""

    list_display = (
        "course_key", "title", "outline_age", "figures_age", "unit_count", "learner_count", "waiting_count",
        "starts_at", "ends_at",
    )  # fmt: skip
    list_filter = ("is_simulated", ("rolled_up_at", admin.EmptyFieldListFilter))
    date_hierarchy = "refreshed_at"
    ordering = ("course_key",)
    search_fields = ("course_key", "title")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        counted = {
            "unit_count": _count_of(OutlineUnit),
            "learner_count": _count_of(Enrolment),
            "waiting_count": _count_of(PendingChange),
        }
        rows: QuerySet[Any] = super().get_queryset(request).annotate(**counted)
        return rows

    @list_column(_("outline refreshed"), by="refreshed_at")
    def outline_age(self, course: CourseOutline) -> str:
        """Return how long ago the outline was read from the host."""
        return age_text(course.refreshed_at)

    @list_column(_("last rollup"), by="rolled_up_at")
    def figures_age(self, course: CourseOutline) -> str:
        """Return how long ago the course was rolled up."""
        moment: datetime | None = course.rolled_up_at
        return age_text(moment)

    @list_column(_("units"))
    def unit_count(self, course: Any) -> int:
        """Return how many units the outline has."""
        return int(course.unit_count)

    @list_column(_("learners"))
    def learner_count(self, course: Any) -> int:
        """Return how many learners are enrolled."""
        return int(course.learner_count)

    @list_column(_("pending changes"))
    def waiting_count(self, course: Any) -> int:
        """Return how many changes are pending."""
        return int(course.waiting_count)


@admin.register(OutlineUnit)
class OutlineUnitAdmin(ReadOnlyAdmin):
    """The units of all outlines, with the keys that events and attempts must have."""

    list_display = (
        "course_key", "position", "unit_key", "kind", "title", "is_available", "is_required", "due_at",
    )  # fmt: skip
    list_filter = ("kind", "is_available", "is_required")
    date_hierarchy = "due_at"
    ordering = ("course_key", "position")
    search_fields = ("course_key", "unit_key", "title")


@admin.register(Enrolment)
class EnrolmentAdmin(LearnerDataAdmin):
    """The enrolments of all learners."""

    list_display = ("learner", "course_key", "group_key", "group_title", "enrolled_at")
    date_hierarchy = "enrolled_at"
    ordering = ("-id",)


def _count_of(model: Any) -> Coalesce:
    """Return a subquery that counts the rows of ``model`` of a course; it runs only for the rows of one page."""
    rows = model.objects.filter(course_key=OuterRef("course_key")).order_by().values("course_key")
    return Coalesce(Subquery(rows.annotate(found=Count("pk")).values("found")), 0)
