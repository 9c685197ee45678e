"""Count what is rejected, by typed reason and day, so that an operator sees what gets lost."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, TextChoices
from django.utils import timezone

from tracking.models import RejectionCount


class RejectReason(TextChoices):
    """Why an event was not stored. The values are stable: clients receive them and operators see them."""

    BAD_EVENT = "bad_event", "not an event of the documented shape"
    BAD_PAYLOAD = "bad_payload", "the payload does not match the event kind"
    UNKNOWN_KIND = "unknown_kind", "unknown event kind"
    UNKNOWN_UNIT = "unknown_unit", "the unit is in no outline"
    TOO_LARGE = "too_large", "too large for one event"
    TOO_OLD = "too_old", "too old to be accepted"
    NO_CONSENT = "no_consent", "the learner has not agreed to this purpose"
    NOT_ENROLLED = "not_enrolled", "the sender is not enrolled in the course"
    QUARANTINE_FULL = "quarantine_full", "unknown key, and the quarantine is full"
    QUARANTINE_EXPIRED = "quarantine_expired", "expired in quarantine"
    UNKNOWN_LEARNER = "unknown_learner", "no such learner"
    BAD_ROW = "bad_row", "a row that cannot be read"


def count_rejected(reason: str, *, rejected_count: int = 1) -> None:
    """Add ``rejected_count`` to today's rejections for ``reason``."""
    with transaction.atomic():
        row, _ = RejectionCount.objects.get_or_create(day=timezone.now().date(), reason=reason)
        RejectionCount.objects.filter(pk=row.pk).update(rejected_count=F("rejected_count") + rejected_count)
