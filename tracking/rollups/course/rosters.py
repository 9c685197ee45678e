"""Over whom the figures of a class are: those who are enrolled now, and the groups that they are in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q

from tracking.events import LearnerId, Purpose
from tracking.models import Enrolment, LearnerUnit
from tracking.privacy import consent

EVERYBODY = ""
"""The class as a whole, where a group is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """The enrolled learners of one course."""

    course_key: str
    group_of: Mapping[LearnerId, str] = field(default_factory=dict)
    """The group of each learner, empty for those in none."""
    enrolled_at: Mapping[LearnerId, datetime | None] = field(default_factory=dict)
    sharing_ids: frozenset[LearnerId] = frozenset()
    """Those who share how they work."""
    not_sharing_ids: frozenset[LearnerId] = frozenset()
    """Those who do not share how they work, and of whom no page is on record: no lesson figure may draw on silence."""

    def sizes(self) -> dict[str, int]:
        """Return how many learners the class has, and each of its groups."""
        counts = Counter(group for group in self.group_of.values() if group != EVERYBODY)
        return {EVERYBODY: len(self.group_of), **counts}

    def not_sharing_counts(self) -> Counter[str]:
        """Return how many of them are silent."""
        return Counter(key for learner_id in self.not_sharing_ids for key in self.classes_of(learner_id))

    def classes_of(self, learner_id: LearnerId) -> tuple[str, ...]:
        """Return the class, and the group where there is one, in which a learner counts; nothing for strangers."""
        group = self.group_of.get(learner_id)
        if group is None:
            return ()
        return (EVERYBODY, group) if group else (EVERYBODY,)


def read_roster(course_key: str, *, needs_silent: bool = True) -> Roster:
    """Return the roster of a course. Three queries at most.

    Without ``needs_silent`` nobody is looked up as silent, as where quizzes alone are counted, which count everybody.
    """
    rows: list[tuple[Any, str, datetime | None]] = list(
        Enrolment.objects.filter(course_key=course_key).values_list("learner_id", "group_key", "enrolled_at")
    )
    learner_ids = {learner_id for learner_id, _, _ in rows}
    sharing = consent.learners_covered(learner_ids, Purpose.ENGAGEMENT, course_key=course_key)
    return Roster(
        course_key=course_key,
        group_of={learner_id: group_key for learner_id, group_key, _ in rows},
        enrolled_at={learner_id: enrolled_at for learner_id, _, enrolled_at in rows},
        sharing_ids=frozenset(sharing),
        not_sharing_ids=_silent(course_key, learner_ids - sharing) if needs_silent else frozenset(),
    )


def _silent(course_key: str, not_sharing: set[LearnerId]) -> frozenset[LearnerId]:
    if not not_sharing:
        return frozenset()
    # Asked of these alone: a page asks too, and over all rows of a class of 500 in 200 lessons that takes 0.1 s.
    opened = LearnerUnit.objects.filter(
        Q(view_count__gt=0) | Q(access_count__gt=0), course_key=course_key, learner_id__in=not_sharing
    )
    # Of some who never said yes there is a log from before, which was imported.
    return frozenset(not_sharing - set(opened.order_by().values_list("learner_id", flat=True).distinct()))
