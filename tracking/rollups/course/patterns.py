"""When a class is at work, and which way it goes: the patterns of its learners added up."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from tracking.events import UnitKind
from tracking.models import CourseHour, LearnerPattern, OutlineUnit, UnitTransition
from tracking.rollups.course.rosters import Roster
from tracking.rollups.engine.row_sync import sync_rows
from tracking.rollups.learner import patterns
from tracking.storage import bulk_read


class _Edge(NamedTuple):
    """What ``models.UnitTransition`` stores; there may be as many as units squared."""

    course_key: str
    from_unit_key: str
    to_unit_key: str
    learner_count: int
    transition_count: int


def set_course_patterns(roster: Roster) -> None:
    """Set the rows of each hour of the week and of each edge between two open units."""
    course_key = roster.course_key
    units = OutlineUnit.objects.filter(course_key=course_key, is_available=True).exclude(kind=UnitKind.MODULE)
    known = {patterns.OUTSIDE, *units.values_list("unit_key", flat=True)}
    hours: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    edges: defaultdict[str, dict[str, list[int]]] = defaultdict(dict)
    rows = LearnerPattern.objects.filter(course_key=course_key)
    for learner_id, of_learner, steps in bulk_read.iter_values(rows, "learner_id", "hours", "transitions"):
        if learner_id not in roster.group_of:
            continue
        for hour, (active_ms, view_count) in of_learner.items():
            total = hours[hour]
            total[0] += 1
            total[1] += active_ms
            total[2] += view_count
        # There are millions of these in a large class; a look-up of two keys at once takes thrice as long.
        for here, theres in steps.items():
            edges_from = edges[here]
            for there, count in theres.items():
                if (edge := edges_from.get(there)) is None:
                    edges_from[there] = [1, count]
                else:
                    edge[0] += 1
                    edge[1] += count
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
            _Edge(course_key, here, there, *edge)
            for here in edges.keys() & known
            for there, edge in edges[here].items()
            if there in known
        ],
        key=["from_unit_key", "to_unit_key"],
    )
