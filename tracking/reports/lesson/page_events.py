"""The newest events that browsers sent about the page of a lesson: a bounded read, however old the course is."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from tracking import events
from tracking.models import Event

logger = logging.getLogger("tracking.reports")

PERIOD = timedelta(days=90)
MAX_EVENTS = 20_000
"""The maximum number of events read, newest first."""


class PageEvent(NamedTuple):
    """One event that a page sent."""

    learner_id: Any
    kind: str
    payload: Mapping[str, Any]
    view_id: Any
    happened_at: datetime


NAMES = PageEvent._fields


@dataclass(frozen=True, slots=True, kw_only=True)
class PageEvents:
    """The events that one page sent since ``since``, newest first."""

    since: datetime
    is_partial: bool
    """Whether there were more events than are read at once: these are then the newest."""
    details: tuple[PageEvent, ...]


def read_page_events(
    course_key: str, unit_key: str, learner_ids: Collection[Any], *, now: datetime
) -> PageEvents:
    """Return what the page of one unit sent in the last 90 days about those learners. One query."""
    since = now - PERIOD
    rows = (
        Event.objects.filter(
            course_key=course_key,
            unit_key=unit_key,
            is_detail=True,
            happened_at__gte=since,
            learner_id__in=learner_ids,
        )
        .order_by("-happened_at")
        .values_list(*NAMES)[:MAX_EVENTS]
    )
    found = [PageEvent(*row) for row in rows]
    details = tuple(event for event in found if _is_readable(event))
    if len(details) < len(found):
        logger.warning(
            "%d events of unit %r in course %r cannot be read and are left out.",
            len(found) - len(details), unit_key, course_key,
        )  # fmt: skip
    return PageEvents(since=since, is_partial=len(found) == MAX_EVENTS, details=details)


def _is_readable(event: PageEvent) -> bool:
    """Return whether the payload is one of its kind: a row that no door let in must not stop the page."""
    kind = events.find_kind(event.kind)
    if kind is None:
        return False
    try:
        msgspec.convert(event.payload, kind.payload)
    except msgspec.ValidationError:
        return False
    return True
