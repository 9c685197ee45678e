"""Consent, given in one call: without it no page view is recorded."""

from __future__ import annotations

from typing import Any

from tracking import hooks
from tracking.events import Purpose


def grant_all_purposes(learner: Any) -> None:
    """Record that ``learner``, a user or a primary key, agrees to every purpose."""
    hooks.record_consent(learner, tuple(Purpose), is_granted=True, source="test")
