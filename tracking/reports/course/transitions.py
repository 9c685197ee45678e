"""How a class moves through its course, and where learners drop off."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from tracking.definitions import learners
from tracking.models import CourseOutline, LearnerCourse, OutlineUnit, UnitTransition
from tracking.privacy import groups
from tracking.rollups import freshness
from tracking.rollups.freshness import Freshness

LEFT_AFTER = timedelta(days=7)
"""A learner without activity for this long counts as dropped off, until they return."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitionReport:
    """Going from one unit to another within a visit. An empty key is the beginning or end of a visit."""

    from_unit_key: str
    from_title: str
    to_unit_key: str
    to_title: str
    learner_count: int
    transition_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DropOff:
    """A unit after which learners who have not finished the course were not seen again."""

    key: str
    title: str
    learner_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Transitions:
    """The transitions of a class, most frequent first."""

    course_key: str
    freshness: Freshness
    transitions: tuple[TransitionReport, ...]
    drop_offs: tuple[DropOff, ...]
    """Most learners first."""


def find_transitions(course_key: str, *, now: datetime) -> Transitions | None:
    """Return the transitions of a course's class, or ``None`` if the course is unknown. At most six queries."""
    outline = CourseOutline.objects.filter(course_key=course_key).first()
    if outline is None:
        return None
    titles = dict(OutlineUnit.objects.filter(course_key=course_key).values_list("unit_key", "title"))
    steps = [
        TransitionReport(
            from_unit_key=row.from_unit_key,
            from_title=titles.get(row.from_unit_key, ""),
            to_unit_key=row.to_unit_key,
            to_title=titles.get(row.to_unit_key, ""),
            learner_count=row.learner_count,
            transition_count=row.transition_count,
        )
        for row in UnitTransition.objects.filter(course_key=course_key)
    ]
    return Transitions(
        course_key=course_key,
        freshness=freshness.find_freshness(outline, now=now),
        transitions=tuple(
            sorted(steps, key=lambda step: (-step.transition_count, step.from_unit_key, step.to_unit_key))
        ),
        drop_offs=_leaving(course_key, titles, before=now - LEFT_AFTER),
    )


def _leaving(course_key: str, titles: dict[str, str], *, before: datetime) -> tuple[DropOff, ...]:
    included = groups.learners_in_figures(course_key)
    gone = LearnerCourse.objects.filter(course_key=course_key, last_at__lt=before, learner_id__in=included)
    counts: Counter[str] = Counter()
    for unit_key, required_count, completed_count in gone.values_list(
        "last_unit_key", "required_count", "completed_count"
    ):
        if unit_key in titles and not learners.is_finished(completed_count, required_count):
            counts[unit_key] += 1
    return tuple(
        DropOff(key=key, title=titles[key], learner_count=count)
        for key, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    )
