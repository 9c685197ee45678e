"""The roster of a course: the learners whom its figures include, and their groups; see ``privacy.groups``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tracking.events import LearnerId, Purpose
from tracking.models import Enrolment
from tracking.privacy import consent

WHOLE_CLASS = ""
"""The key of the class as a whole, in place of a group key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """The learners of one course who are enrolled and share their activity."""

    course_key: str
    group_of: Mapping[LearnerId, str] = field(default_factory=dict)
    """The group of each learner; empty for learners without one."""
    enrolled_at: Mapping[LearnerId, datetime | None] = field(default_factory=dict)
    not_sharing_ids: frozenset[LearnerId] = frozenset()
    """Learners who are enrolled and do not share: no figure includes them."""

    def sizes(self) -> dict[str, int]:
        """Return how many learners the class has, and each of its groups."""
        counts = Counter(group for group in self.group_of.values() if group != WHOLE_CLASS)
        return {WHOLE_CLASS: len(self.group_of), **counts}

    def classes_of(self, learner_id: LearnerId) -> tuple[str, ...]:
        """Return the class and the group, if any, in which a learner counts; empty if not enrolled."""
        group = self.group_of.get(learner_id)
        if group is None:
            return ()
        return (WHOLE_CLASS, group) if group else (WHOLE_CLASS,)


def read_roster(course_key: str) -> Roster:
    """Return the roster of a course. Two queries."""
    rows: list[tuple[Any, str, datetime | None]] = list(
        Enrolment.objects.filter(course_key=course_key).values_list("learner_id", "group_key", "enrolled_at")
    )
    learner_ids = {learner_id for learner_id, _, _ in rows}
    sharing = consent.learners_covered(learner_ids, Purpose.ENGAGEMENT, course_key=course_key)
    counted = [row for row in rows if row[0] in sharing]
    return Roster(
        course_key=course_key,
        group_of={learner_id: group_key for learner_id, group_key, _ in counted},
        enrolled_at={learner_id: enrolled_at for learner_id, _, enrolled_at in counted},
        not_sharing_ids=frozenset(learner_ids - sharing),
    )
