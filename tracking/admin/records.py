"""Admin of data about learners: events, attempts, consent, findings, actions and the access log."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tracking import events
from tracking.admin.read_only import LearnerDataAdmin, list_column
from tracking.findings import rule_feedback
from tracking.models import AccessLogEntry, Action, Answer, Attempt, Consent, Event, Finding, FindingTriage


@admin.register(Event)
class EventAdmin(LearnerDataAdmin):
    """Raw events, newest first by their time-ordered ids.

    It has no date hierarchy: no index serves one, so on a large site every page would read the whole table.
    """

    list_display = ("happened_at", "kind_label", "learner", "course_key", "unit_key", "source", "received_at")
    list_filter = ("source",)
    ordering = ("-id",)
    sortable_by = ()

    @list_column(_("kind"), by="kind")
    def kind_label(self, event: Event) -> Any:
        """Return what its kind is called; of a kind that is no longer registered, its name."""
        kind = events.find_kind(event.kind)
        return kind.label if kind else event.kind


class AnswerInline(admin.TabularInline):  # type: ignore[type-arg]  # Generic in the stubs only.
    """The answers of an attempt."""

    model = Answer
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Attempt)
class AttemptAdmin(LearnerDataAdmin):
    """Attempts as they are stored now."""

    list_display = (
        "started_at", "learner", "course_key", "unit_key", "submitted_at", "score", "max_score", "is_passed",
        "source_label", "source_key",
    )  # fmt: skip
    list_filter = ("is_passed", ("submitted_at", admin.EmptyFieldListFilter), "source_label")
    date_hierarchy = "started_at"
    ordering = ("-id",)
    inlines = (AnswerInline,)


@admin.register(Consent)
class ConsentAdmin(LearnerDataAdmin):
    """Every consent answer, newest first."""

    list_display = ("given_at", "learner", "purpose", "is_granted", "version", "source")
    list_filter = ("purpose", "is_granted", "source")
    date_hierarchy = "given_at"
    ordering = ("-id",)


class TriageInline(admin.TabularInline):  # type: ignore[type-arg]  # Generic in the stubs only.
    """The triage of a finding by each audience."""

    model = FindingTriage
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Action)
class ActionAdmin(LearnerDataAdmin):
    """Actions about findings and learners, newest first. Actions of rules have no actor."""

    list_display = (
        "happened_at",
        "kind",
        "actor",
        "audience",
        "learner",
        "course_key",
        "unit_key",
        "snoozed_until",
        "dismiss_reason",
    )
    list_filter = ("kind", "audience", "dismiss_reason")
    date_hierarchy = "happened_at"
    ordering = ("-id",)

    def get_list_select_related(self, request: HttpRequest) -> tuple[str, ...]:
        return ("learner", "actor")


@admin.register(Finding)
class FindingAdmin(LearnerDataAdmin):
    """Findings, both open and cleared."""

    list_display = (
        "opened_at", "about", "course_key", "unit_key", "reason", "weight", "confidence", "cleared_at", "clear_reason",
    )  # fmt: skip
    list_filter = (
        "reason",
        ("cleared_at", admin.EmptyFieldListFilter),
        ("learner", admin.EmptyFieldListFilter),
        "clear_reason",
    )
    inlines = (TriageInline,)

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_reasons"
        page = self.admin_site.admin_view(self.reasons)
        return [path("reasons/", page, name=name), *super().get_urls()]

    def reasons(self, request: HttpRequest) -> HttpResponse:
        """Show the feedback on each rule, so that operators can find and disable a noisy one."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("Rule feedback"),
            "opts": self.opts,
            "records": rule_feedback.find_rule_feedback(now=timezone.now()),
            "days": rule_feedback.PERIOD.days,
        }
        return TemplateResponse(request, "admin/tracking/finding/reasons.html", context)

    date_hierarchy = "opened_at"
    ordering = ("-id",)

    @list_column(_("about"), by="learner")
    def about(self, finding: Finding) -> Any:
        """Return the learner, or the class."""
        return finding.learner or _("the class")


@admin.register(AccessLogEntry)
class AccessLogEntryAdmin(LearnerDataAdmin):
    """The access log, newest first."""

    # Learners can read this log themselves. Logging that it was read would add an entry to it each time.
    resource = None
    list_display = ("accessed_at", "viewer", "resource", "channel", "of", "course_key")
    list_filter = ("resource", "channel")
    date_hierarchy = "accessed_at"
    ordering = ("-id",)

    def get_list_select_related(self, request: HttpRequest) -> tuple[str, ...]:
        return ("learner", "viewer")

    @list_column(_("about"), by="learner")
    def of(self, entry: AccessLogEntry) -> Any:
        """Return the learner, or the class."""
        return entry.learner or _("the class")
