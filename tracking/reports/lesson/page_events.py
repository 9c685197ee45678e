"""What the browsers of a lesson's readers told of its page: the newest of it, so that it costs the same however old."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from tracking.models import Event

PERIOD = timedelta(days=90)
MAX_EVENTS = 20_000
"""The newest that are read."""


class PageEvent(NamedTuple):
    """One thing that a page told."""

    learner_id: Any
    kind: str
    payload: Mapping[str, Any]
    view_id: Any
    happened_at: datetime


NAMES = PageEvent._fields


@dataclass(frozen=True, slots=True, kw_only=True)
class PageEvents:
    """All that one page told since ``since``, the newest first."""

    since: datetime
    is_partial: bool
    """Whether there was more than is read at once: then it is the newest."""
    details: tuple[PageEvent, ...]


def read_page_events(
    course_key: str, unit_key: str, learner_ids: Collection[Any], *, now: datetime
) -> PageEvents:
    """Return what the page of one unit told in the last 90 days, of those learners. One query."""
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
    details = tuple(PageEvent(*row) for row in rows)
    return PageEvents(since=since, is_partial=len(details) == MAX_EVENTS, details=details)
