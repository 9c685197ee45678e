"""Records what only the host knows: an event of its own, or an attempt that is in no model."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from tracking import conf
from tracking.capture import attempts, ingest
from tracking.hooks.boundary import guarded
from tracking.lms import AttemptRecord, UnitRef
from tracking.lms.paths import pk_or_value


def record_event(
    learner: Any,
    kind: str,
    *,
    course_key: str,
    unit_key: str,
    payload: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> bool:
    """Store an event of a registered ``kind`` of ``learner``, a user or a primary key, at ``at`` (default: now).

    Returns whether it was stored: it is not without the learner's consent, or if tracking is disabled. Errors are
    logged, not raised.
    """
    if not conf.get_settings().ENABLED:
        return False
    with guarded(f"Recording {kind!r}"):
        unit = UnitRef(course_key=course_key, unit_key=unit_key)
        return ingest.ingest_host_event(
            pk_or_value(learner), kind, unit, payload=dict(payload or {}), at=at or timezone.now()
        )
    return False


def record_attempt(given: AttemptRecord) -> bool:
    """Store an attempt, or correct the one with the same source. Return whether it was stored.

    Errors are logged, not raised.
    """
    if not conf.get_settings().ENABLED:
        return False
    with guarded("Recording an attempt"):
        return attempts.store_attempt(given) is not None
    return False
