"""When a class is active, and how it goes through the course: the patterns of its learners added up."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from tracking.events import UnitKind
from tracking.models import CourseHour, LearnerPattern, OutlineUnit, UnitTransition
from tracking.rollups.course.rosters import Roster
from tracking.rollups.engine.row_sync import sync_rows
from tracking.rollups.learner import patterns
from tracking.storage import bulk_read


class _Transition(NamedTuple):
    """The fields of ``models.UnitTransition``; there may be as many rows as units squared."""

    course_key: str
    from_unit_key: str
    to_unit_key: str
    learner_count: int
    transition_count: int


def set_course_patterns(roster: Roster) -> None:
    """Set the rows of each hour of the week and of each transition between two available units."""
    course_key = roster.course_key
    units = OutlineUnit.objects.filter(course_key=course_key, is_available=True).exclude(kind=UnitKind.MODULE)
    known = {patterns.OUTSIDE, *units.values_list("unit_key", flat=True)}
    hours: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    transitions: defaultdict[str, dict[str, list[int]]] = defaultdict(dict)
    rows = LearnerPattern.objects.filter(course_key=course_key)
    for learner_id, learner_hours, learner_transitions in bulk_read.iter_values(
        rows, "learner_id", "hours", "transitions"
    ):
        if learner_id not in roster.group_of:
            continue
        for hour, (active_ms, view_count) in learner_hours.items():
            total = hours[hour]
            total[0] += 1
            total[1] += active_ms
            total[2] += view_count
        # There are millions of these in a large class, and one lookup by two keys takes three times as long as two
        # nested ones.
        for here, theres in learner_transitions.items():
            transitions_from = transitions[here]
            for there, count in theres.items():
                if (pair_counts := transitions_from.get(there)) is None:
                    transitions_from[there] = [1, count]
                else:
                    pair_counts[0] += 1
                    pair_counts[1] += count
    sync_rows(
        CourseHour,
        stored=CourseHour.objects.filter(course_key=course_key),
        wanted=[
            CourseHour(
                course_key=course_key,
                hour=int(hour),
                learner_count=total[0],
                active_ms=total[1],
                view_count=total[2],
            )
            for hour, total in hours.items()
        ],
        key=["hour"],
    )
    sync_rows(
        UnitTransition,
        stored=UnitTransition.objects.filter(course_key=course_key),
        wanted=[
            _Transition(course_key, here, there, *pair_counts)
            for here in transitions.keys() & known
            for there, pair_counts in transitions[here].items()
            if there in known
        ],
        key=["from_unit_key", "to_unit_key"],
    )
