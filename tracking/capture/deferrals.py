"""Remember since when batches of a learner are deferred: answered 429 or 503, for the rate limit or a fault of ours.

Such a batch comes again later. Its events count as arrived at the first try, or a fault of ours would make measured
time into time that was reported later. The server keeps the moment itself, so that no sender can claim one.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tracking.events import LearnerId
from tracking.storage.host_cache import cache

FORGOTTEN_AFTER_SECONDS = 15 * 60
"""After the last deferral: the tracker tries again within 5 minutes, and sends its queue in several batches."""

LONGEST = timedelta(hours=1)
"""Deferrals that began longer ago excuse no delay."""


def note_deferral(learner_id: LearnerId, *, now: datetime) -> None:
    """Remember that a batch of the learner is deferred ``now``."""
    key = _cache_key(learner_id)
    if not cache.add(key, now.timestamp(), FORGOTTEN_AFTER_SECONDS):
        cache.touch(key, FORGOTTEN_AFTER_SECONDS)


def deferred_since(learner_id: LearnerId, *, now: datetime) -> datetime | None:
    """Return since when the learner's batches are deferred; ``None`` if they are not, or for too long."""
    began: float | None = cache.get(_cache_key(learner_id))
    if began is None:
        return None
    since = datetime.fromtimestamp(began, tz=UTC)
    return since if now - since <= LONGEST else None


def _cache_key(learner_id: LearnerId) -> str:
    return f"tracking:deferred:{learner_id}"
