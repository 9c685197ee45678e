"""Limit how many events a learner may send per minute, counted in the cache that all processes share."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from tracking import conf
from tracking.events import LearnerId
from tracking.storage.host_cache import cache

WINDOW_SECONDS = 60


def seconds_to_wait(learner_id: LearnerId, *, now: datetime) -> int:
    """Return how many seconds the learner must wait before sending more; 0 if not at all."""
    sent = cache.get(_cache_key(learner_id, now), 0)
    if sent < conf.get_settings().EVENTS_PER_MINUTE:
        return 0
    return WINDOW_SECONDS - int(now.timestamp()) % WINDOW_SECONDS


def count_sent(learner_id: LearnerId, event_count: int, *, now: datetime) -> None:
    """Count ``event_count`` events that the learner sent in the minute of ``now``."""
    key = _cache_key(learner_id, now)
    try:
        cache.incr(key, event_count)
    except (
        ValueError
    ):  # The first of the minute, or a full cache evicted the counter, which favours the learner.
        if not cache.add(key, event_count, 2 * WINDOW_SECONDS):
            with suppress(ValueError):
                cache.incr(key, event_count)


def _cache_key(learner_id: LearnerId, now: datetime) -> str:
    return f"tracking:sent:{learner_id}:{int(now.timestamp()) // WINDOW_SECONDS}"
