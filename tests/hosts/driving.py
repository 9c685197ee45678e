"""What the tests of every host do and look at."""

from __future__ import annotations

from typing import Any

from django.test import Client

from tracking import lms
from tracking.events import PAGE_OPENED, Purpose
from tracking.models import Attempt, Event
from tracking.privacy import consent


def agreed(user: Any) -> Any:
    """Return ``user``, who now shares everything."""
    consent.grant(user.pk, tuple(Purpose), source="test")
    return user


def browser_of(user: Any, **options: Any) -> Client:
    """Return a browser in which ``user`` is logged in."""
    client = Client(**options)
    client.force_login(user)
    return client


def openings() -> list[tuple[str, str, str]]:
    """Return who opened which unit of which course, in order."""
    events = Event.objects.order_by("happened_at")
    assert {event.kind for event in events} <= {PAGE_OPENED}
    return [(event.learner.get_username(), event.course_key, event.unit_key) for event in events]


def attempts() -> list[tuple[str, str, str, float | None, float | None, bool | None]]:
    """Return who tried which unit of which course, and how it went, in order."""
    return [
        (row.learner.get_username(), row.course_key, row.unit_key, row.score, row.max_score, row.is_passed)
        for row in Attempt.objects.order_by("started_at", "learner__pk")
    ]


def outlines() -> dict[str, list[str]]:
    """Return the keys of every course and, in order, of its units."""
    adapter = lms.get_adapter()
    found = {key: adapter.outline(key) for key in adapter.course_keys()}
    return {
        key: [node.key for node in outline.nodes] for key, outline in found.items() if outline is not None
    }


def learners(course_key: str) -> list[Any]:
    """Return the primary keys of the learners of a course."""
    return [each.learner_id for each in lms.get_adapter().enrolments(course_key)]
