"""Functions that a host calls to record what its pages and models do not show. None of them raises into the host."""

from tracking.hooks.consent import record_consent
from tracking.hooks.deferred import flush_deferred
from tracking.hooks.recording import record_attempt, record_event
from tracking.hooks.tracked_views import TrackedViewMixin, tracked

__all__ = [
    "TrackedViewMixin",
    "flush_deferred",
    "record_attempt",
    "record_consent",
    "record_event",
    "tracked",
]
