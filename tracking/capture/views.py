"""The server's own record that a learner opened a unit: all there is where a browser runs no script."""

from __future__ import annotations

from datetime import datetime

from tracking import events
from tracking.capture import uuid7, writing
from tracking.events import LearnerId, Purpose, Source
from tracking.lms.values import UnitRef
from tracking.privacy import consent


def record_opened(*, learner_id: LearnerId, unit: UnitRef, at: datetime) -> bool:
    """Store that the learner opened ``unit`` at ``at``; return whether the learner permits it."""
    if not consent.covers(learner_id, Purpose.ENGAGEMENT):
        return False
    writing.write(
        [
            writing.NewEvent(
                id=uuid7.make(at),
                learner_id=learner_id,
                course_key=unit.course_key,
                unit_key=unit.unit_key,
                kind=events.VIEW_OPENED,
                source=Source.SERVER,
                happened_at=at,
                received_at=at,
            )
        ]
    )
    return True
