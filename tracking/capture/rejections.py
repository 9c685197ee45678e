"""What was refused and why: typed reasons, counted by day, so that a host sees what gets lost."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, TextChoices
from django.utils import timezone

from tracking.models import RejectionCount


class RejectReason(TextChoices):
    """Why an event was not stored. The values are stable: they are sent to clients and shown to operators."""

    BAD_EVENT = "bad_event", "not an event of the documented shape"
    BAD_PAYLOAD = "bad_payload", "the payload does not fit its kind"
    UNKNOWN_KIND = "unknown_kind", "nobody registered this kind"
    UNKNOWN_UNIT = "unknown_unit", "no unit of any outline"
    TOO_LARGE = "too_large", "over the size of one event"
    TOO_OLD = "too_old", "older than the intake accepts"
    NO_CONSENT = "no_consent", "the learner has not agreed to this purpose"
    QUARANTINE_FULL = "quarantine_full", "an unknown key, and no room left for it in the quarantine"
    QUARANTINE_EXPIRED = "quarantine_expired", "in quarantine until its time was over"
    UNKNOWN_LEARNER = "unknown_learner", "no such learner"
    BAD_ROW = "bad_row", "a row that cannot be read"


def count_rejected(reason: str, *, refused_count: int = 1) -> None:
    """Add ``refused_count`` to today's refusals for ``reason``."""
    with transaction.atomic():
        row, _ = RejectionCount.objects.get_or_create(day=timezone.now().date(), reason=reason)
        RejectionCount.objects.filter(pk=row.pk).update(rejected_count=F("rejected_count") + refused_count)
