"""Admin of webhooks and deliveries: pending ones, failures, and resending."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import CharField, Count, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tracking.admin.read_only import LearnerDataAdmin, ReadOnlyAdmin, list_column
from tracking.exports import deliveries
from tracking.models import Delivery, Webhook

RESEND_PERIOD = timedelta(hours=24)


class StateFilter(admin.SimpleListFilter):
    """Filters deliveries by their state."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("waiting", _("pending")),
            ("failed", _("failed, will be retried")),
            ("dead", _("dead letter")),
            ("delivered", _("delivered")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        waiting = queryset & Delivery.objects.waiting()
        if self.value() == "dead":
            return queryset & Delivery.objects.dead()
        if self.value() == "delivered":
            return queryset.filter(delivered_at__isnull=False)
        if self.value() == "failed":
            return waiting.filter(failed_count__gt=0)
        return waiting.filter(failed_count=0) if self.value() == "waiting" else queryset


@admin.register(Webhook)
class WebhookAdmin(ReadOnlyAdmin):
    """Webhooks. Their secret is never shown here: ``tracking_webhook add`` prints it once."""

    list_display = ("url", "is_active", "topics", "course_keys", "waiting", "dead", "last_delivered_at")
    list_filter = ("is_active",)
    ordering = ("id",)
    fields = ("url", "topics", "course_keys", "is_active", "created_at")
    readonly_fields = fields
    actions = ("replay", "switch_on", "switch_off")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        hooks: QuerySet[Any] = super().get_queryset(request)
        counted: QuerySet[Any] = hooks.annotate(
            waiting_count=_of_hook(Delivery.objects.waiting(), Count("pk")),
            dead_count=_of_hook(Delivery.objects.dead(), Count("pk")),
            last_at=_of_hook(Delivery.objects.all(), Max("delivered_at")),
        )
        return counted

    def has_resend_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may resend, enable and disable, which needs the permission to change webhooks."""
        return request.user.has_perm("tracking.change_webhook")

    @list_column(_("pending"), by="waiting_count")
    def waiting(self, hook: Any) -> int:
        """Return how many deliveries are pending."""
        return hook.waiting_count or 0

    @list_column(_("dead letters"), by="dead_count")
    def dead(self, hook: Any) -> int:
        """Return how many deliveries are dead letters."""
        return hook.dead_count or 0

    @list_column(_("last delivered"), by="last_at")
    def last_delivered_at(self, hook: Any) -> Any:
        """Return when the webhook last accepted a delivery."""
        return hook.last_at

    @admin.action(description=_("Resend everything from the last 24 hours"), permissions=["resend"])
    def replay(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> None:
        """Resend the deliveries of the last 24 hours, as ``tracking_webhook resend`` does."""
        since = timezone.now() - RESEND_PERIOD
        count = sum(deliveries.replay_webhook(hook, since=since) for hook in queryset)
        _report_resent(self, request, count)

    @admin.action(description=_("Enable"), permissions=["resend"])
    def switch_on(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> None:
        """Enable the selected webhooks."""
        Webhook.objects.filter(pk__in=queryset.values("pk")).update(is_active=True)

    @admin.action(description=_("Disable"), permissions=["resend"])
    def switch_off(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> None:
        """Disable the selected webhooks. Their pending deliveries stay pending."""
        Webhook.objects.filter(pk__in=queryset.values("pk")).update(is_active=False)


@admin.register(Delivery)
class DeliveryAdmin(LearnerDataAdmin):
    """Deliveries, newest first. The target is the number of a webhook, or ``lrs``."""

    list_display = (
        "created_at", "target", "topic", "learner", "source_key", "delivered_at", "failed_count", "retry_at", "error",
    )  # fmt: skip
    list_filter = (StateFilter, "topic", "target")
    ordering = ("-id",)
    actions = ("try_again",)

    def has_resend_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may resend, which needs the permission to change deliveries."""
        return request.user.has_perm("tracking.change_delivery")

    @admin.action(description=_("Retry now, including dead letters"), permissions=["resend"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        """Retry the selected deliveries."""
        _report_resent(self, request, deliveries.retry_deliveries(queryset))


def _of_hook(rows: QuerySet[Any], figure: Any) -> Subquery:
    """Return ``figure`` over those of ``rows`` that belong to the webhook of the outer query."""
    own = rows.filter(target=Cast(OuterRef("pk"), CharField())).order_by().values("target")
    return Subquery(own.annotate(figure=figure).values("figure"))


def _report_resent(page: Any, request: HttpRequest, count: int) -> None:
    text = ngettext("%(count)s delivery will be resent.", "%(count)s deliveries will be resent.", count)
    page.message_user(request, text % {"count": count})
