"""Which units and courses statements are about."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any
from uuid import UUID

from tracking.capture.importing.rows import LogEntry
from tracking.events import LearnerId
from tracking.exports import stable_ids
from tracking.lms.values import UnitRef
from tracking.models import Enrolment, OutlineUnit
from tracking.models.keys import KEY_LENGTH
from tracking.xapi import identifiers
from tracking.xapi.importing import statement_rows
from tracking.xapi.models import XapiStatement


class UnitLookup:
    """What activities stand for: our own names, keys of an outline, or the unit that content was opened in."""

    def __init__(self, opened: UnitRef | None) -> None:
        self._opened = opened
        self._find: Callable[[str, str], UnitRef | None] = lru_cache(maxsize=1000)(self._look_up)
        self._launched: Callable[[LearnerId, str], str] = lru_cache(maxsize=1000)(_launched_in)

    def find(self, entry: LogEntry) -> UnitRef | None:
        """Return the unit that an entry is about; ``None`` if it leads to no course."""
        return self._find(entry.unit_key, entry.course_key)

    def course_of(self, statement: dict[str, Any], learner_id: LearnerId) -> str:
        """Return the course of a statement; empty if none is known."""
        thing = statement["object"]
        if thing.get("objectType") == "StatementRef":
            voided = XapiStatement.objects.filter(pk=UUID(thing["id"]), learner_id=learner_id)
            return voided.values_list("course_key", flat=True).first() or ""
        activity, parent = statement_rows.activity_and_parent(statement)
        registration = str(statement.get("context", {}).get("registration") or "")
        return self.course_of_activity(activity, parent, learner_id, registration)

    def course_of_activity(self, activity: str, parent: str, learner_id: LearnerId, registration: str) -> str:
        """Return the course of an activity: that of its unit, or the one in which its registration was made."""
        unit = self._find(activity, parent)
        if unit is not None:
            return unit.course_key if len(unit.course_key) <= KEY_LENGTH else ""
        return self._launched(learner_id, registration.lower()) if registration else ""

    def _look_up(self, activity: str, parent: str) -> UnitRef | None:
        if self._opened is not None:
            # Content speaks from the learner's browser: whatever it names, it is heard about that unit alone.
            return self._opened
        own = identifiers.unit_of_iri(activity)
        if own is not None:
            # A question or a video within a unit is recorded for that unit.
            return own
        course = identifiers.unit_of_iri(parent)
        course_key = course.course_key if course is not None else parent
        if not course_key and activity:
            with_it = OutlineUnit.objects.filter(unit_key=activity[:KEY_LENGTH])
            course_keys = list(with_it.values_list("course_key", flat=True)[:2])
            course_key = course_keys[0] if len(course_keys) == 1 else ""
        is_kept = bool(course_key) and max(len(activity), len(course_key)) <= KEY_LENGTH
        return UnitRef(course_key=course_key, unit_key=activity) if is_kept else None


def _launched_in(learner_id: LearnerId, registration: str) -> str:
    """Return the course in which the learner's content was given ``registration``: it is made of both and the unit."""
    mine = Enrolment.objects.filter(learner_id=learner_id).values("course_key")
    units = OutlineUnit.objects.filter(course_key__in=mine).values_list("course_key", "unit_key")
    made: Iterable[str] = (
        course_key
        for course_key, unit_key in units.iterator()
        if stable_ids.stable_uuid("registration", learner_id, course_key, unit_key) == registration
    )
    return next(iter(made), "")
