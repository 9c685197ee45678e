"""What a host calls where its pages or models say less than it knows. Nothing here ever raises into the host."""

from tracking.hooks.answering import answer
from tracking.hooks.backlog import flush
from tracking.hooks.recording import attempt, record
from tracking.hooks.views import TrackedViewMixin, tracked

__all__ = ["TrackedViewMixin", "answer", "attempt", "flush", "record", "tracked"]
