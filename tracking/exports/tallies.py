"""Counts of what was sent to other systems, updated in the transaction that records the delivery."""

from __future__ import annotations

from django.db.models import F

from tracking.models import Tally

WEBHOOKS = "out:webhook"


def increment_tally(name: str, count: int) -> None:
    """Add ``count`` to the tally called ``name``."""
    if count and not Tally.objects.filter(name=name).update(count=F("count") + count):
        Tally.objects.get_or_create(name=name)
        Tally.objects.filter(name=name).update(count=F("count") + count)
