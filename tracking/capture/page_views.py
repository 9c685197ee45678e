"""Record page views on the server: the only record of learners whose browser runs no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tracking import events
from tracking.capture import event_store, quarantine, uuid7
from tracking.events import EventSource, LearnerId, Purpose
from tracking.lms.values import UnitRef
from tracking.privacy import consent


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOpening:
    """The page of a unit was served to a learner."""

    learner_id: LearnerId
    unit: UnitRef
    at: datetime
    has_opted_out: bool = False
    """Whether the browser sends Global Privacy Control."""


def record_page_views(openings: Sequence[PageOpening]) -> int:
    """Store those of ``openings`` whose learners consent; return how many were stored or quarantined."""
    permitted = consent.learners_covered_in_courses(
        ((opening.learner_id, opening.unit.course_key) for opening in openings),
        Purpose.ENGAGEMENT,
        opted_out={opening.learner_id for opening in openings if opening.has_opted_out},
    )
    split = quarantine.split_known(
        [
            _event(opening)
            for opening in openings
            if (opening.learner_id, opening.unit.course_key) in permitted
        ]
    )
    quarantine.quarantine_events(split.unknown)
    return event_store.write_events(split.known) + len(split.unknown)


def _event(opening: PageOpening) -> event_store.NewEvent:
    return event_store.NewEvent(
        id=uuid7.make_uuid7(opening.at),
        learner_id=opening.learner_id,
        course_key=opening.unit.course_key,
        unit_key=opening.unit.unit_key,
        kind=events.PAGE_OPENED,
        source=EventSource.SERVER,
        happened_at=opening.at,
        received_at=opening.at,
    )
