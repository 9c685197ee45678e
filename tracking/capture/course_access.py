"""Who may send events about a course: its learners, and others whom the platform lets see it.

Without this, any user could invent activity in every course whose keys they know or guess.
"""

from __future__ import annotations

from hashlib import sha256

from django.contrib.auth import get_user_model

from tracking import events, lms
from tracking.events import EventSource, LearnerId
from tracking.models import Enrolment, Event
from tracking.storage.host_cache import cache

YES_SECONDS = 60
"""How long it is cached that a learner may send: batches come every 15 seconds and must not query for it."""

NO_SECONDS = 5
"""How long it is cached that a learner may not. Short, because a new learner begins at once."""


def may_send_events(learner_id: LearnerId, course_key: str) -> bool:
    """Return whether the learner may send events about the course; at most ``YES_SECONDS`` old.

    An unknown course is one that the learner is not enrolled in: the answer does not reveal which courses exist.
    """
    key = f"tracking:sends:{sha256(f'{learner_id} {course_key}'.encode()).hexdigest()}"
    known: bool | None = cache.get(key)
    if known is None:
        known = _may_send(learner_id, course_key)
        cache.set(key, known, YES_SECONDS if known else NO_SECONDS)
    return known


def _may_send(learner_id: LearnerId, course_key: str) -> bool:
    adapter = lms.get_adapter()
    if not adapter.has_enrolments():
        return True
    mine = {"learner_id": learner_id, "course_key": course_key}
    if Enrolment.objects.filter(**mine).exists():
        return True
    # The platform has shown this learner a page of the course, whatever its list of learners says.
    if Event.objects.filter(**mine, kind=events.PAGE_OPENED, source=EventSource.SERVER).exists():
        return True
    user = get_user_model()._base_manager.filter(pk=learner_id).first()
    if user is not None and adapter.can_view_course(user, course_key):
        return True
    # A learner who has just enrolled is not in our copy of the list yet.
    return adapter.is_enrolled(learner_id, course_key)
