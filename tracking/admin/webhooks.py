"""Webhooks and what is told to other systems: what waits, what was not taken, and sending it again."""

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

REPLAYED = timedelta(hours=24)


class StateFilter(admin.SimpleListFilter):
    """How far a delivery has come."""

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
    """Addresses that are told. The secret is shown by nothing: ``tracking_webhook add`` prints it once."""

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
        """Return whether whoever asks may have things sent, or not: those who may change webhooks."""
        return request.user.has_perm("tracking.change_webhook")

    @list_column(_("pending"), by="waiting_count")
    def waiting(self, hook: Any) -> int:
        """Return how much is to be told."""
        return hook.waiting_count or 0

    @list_column(_("dead letters"), by="dead_count")
    def dead(self, hook: Any) -> int:
        """Return how much was given up."""
        return hook.dead_count or 0

    @list_column(_("last delivered"), by="last_at")
    def last_delivered_at(self, hook: Any) -> Any:
        """Return when something was last taken."""
        return hook.last_at

    @admin.action(description=_("Resend everything from the last 24 hours"), permissions=["resend"])
    def replay(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> None:
        """Do what ``tracking_webhook replay`` does."""
        since = timezone.now() - REPLAYED
        count = sum(deliveries.replay_webhook(hook, since=since) for hook in queryset)
        _say_again(self, request, count)

    @admin.action(description=_("Enable"), permissions=["resend"])
    def switch_on(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> None:
        """Tell the chosen ones from now on."""
        Webhook.objects.filter(pk__in=queryset.values("pk")).update(is_active=True)

    @admin.action(description=_("Disable"), permissions=["resend"])
    def switch_off(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> None:
        """Tell the chosen ones nothing; what waits goes on waiting."""
        Webhook.objects.filter(pk__in=queryset.values("pk")).update(is_active=False)


@admin.register(Delivery)
class DeliveryAdmin(LearnerDataAdmin):
    """What is told to whom, newest first. The target is the number of a webhook, or ``lrs``."""

    list_display = (
        "created_at", "target", "topic", "learner", "source_key", "delivered_at", "failed_count", "retry_at", "error",
    )  # fmt: skip
    list_filter = (StateFilter, "topic", "target")
    ordering = ("-id",)
    actions = ("try_again",)

    def has_resend_permission(self, request: HttpRequest) -> bool:
        """Return whether whoever asks may have things sent: those who may change deliveries."""
        return request.user.has_perm("tracking.change_delivery")

    @admin.action(description=_("Retry now, including dead letters"), permissions=["resend"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        """Make the chosen deliveries due."""
        _say_again(self, request, deliveries.retry_deliveries(queryset))


def _of_hook(rows: QuerySet[Any], figure: Any) -> Subquery:
    """Return a figure of those of ``rows`` that are for the webhook of the outer query."""
    told = rows.filter(target=Cast(OuterRef("pk"), CharField())).order_by().values("target")
    return Subquery(told.annotate(figure=figure).values("figure"))


def _say_again(page: Any, request: HttpRequest, count: int) -> None:
    text = ngettext("%(count)s delivery will be resent.", "%(count)s deliveries will be resent.", count)
    page.message_user(request, text % {"count": count})
