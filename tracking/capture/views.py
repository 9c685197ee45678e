"""The server's own record that learners opened units: all there is where a browser runs no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tracking import events
from tracking.capture import quarantine, uuid7, writing
from tracking.events import LearnerId, Purpose, Source
from tracking.lms.values import UnitRef
from tracking.privacy import consent


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A learner was shown the page of a unit."""

    learner_id: LearnerId
    unit: UnitRef
    at: datetime
    has_opted_out: bool = False
    """Whether the browser sends Global Privacy Control."""


def record_opened(openings: Sequence[Opening]) -> int:
    """Store those of ``openings`` whose learners permit it, and return how many that were."""
    permitted = consent.covered_in(
        ((opening.learner_id, opening.unit.course_key) for opening in openings),
        Purpose.ENGAGEMENT,
        opted_out={opening.learner_id for opening in openings if opening.has_opted_out},
    )
    found = quarantine.sort(
        [
            _event(opening)
            for opening in openings
            if (opening.learner_id, opening.unit.course_key) in permitted
        ]
    )
    quarantine.hold_events(found.unknown)
    return writing.write(found.known) + len(found.unknown)


def _event(opening: Opening) -> writing.NewEvent:
    return writing.NewEvent(
        id=uuid7.make(opening.at),
        learner_id=opening.learner_id,
        course_key=opening.unit.course_key,
        unit_key=opening.unit.unit_key,
        kind=events.VIEW_OPENED,
        source=Source.SERVER,
        happened_at=opening.at,
        received_at=opening.at,
    )
