"""The rows of learners' days, and what has become of them when they were made again."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from tracking.events import LearnerId
from tracking.rollups.learner.patterns import Hours, TransitionCounts


class PageViewRow(NamedTuple):
    """What ``models.PageView`` stores."""

    view_id: Any
    learner_id: LearnerId
    course_key: str
    unit_key: str
    visit_id: Any
    opened_at: datetime
    last_at: datetime
    active_ms: int
    visible_ms: int
    media_ms: int
    estimated_ms: int
    scroll_percent: int
    is_measured: bool


class UnitDayRow(NamedTuple):
    """What ``models.LearnerUnitDay`` stores; what happened is in the order of ``days.DayFacts``."""

    learner_id: LearnerId
    course_key: str
    unit_key: str
    day: date
    active_ms: int
    visible_ms: int
    media_ms: int
    estimated_ms: int
    view_count: int
    access_count: int
    scroll_percent: int
    is_completed: bool
    first_at: datetime
    last_at: datetime


class CourseDayRow(NamedTuple):
    """What ``models.LearnerCourseDay`` stores of a day that can be made again."""

    learner_id: LearnerId
    course_key: str
    day: date
    active_ms: int
    estimated_ms: int
    view_count: int
    access_count: int
    last_at: datetime
    hours: Hours
    transitions: TransitionCounts
    is_final: bool = False


@dataclass(slots=True)
class RecomputedDays:
    """Days of one learner, as they are after they have been made again."""

    units: list[UnitDayRow] = field(default_factory=list)
    courses: list[CourseDayRow] = field(default_factory=list)


@dataclass(slots=True)
class DayChanges:
    """What has become of the days of some learners."""

    made: defaultdict[LearnerId, RecomputedDays] = field(default_factory=lambda: defaultdict(RecomputedDays))
    """Every day that was made again, whether or not it is another than before."""

    units: defaultdict[LearnerId, set[str]] = field(default_factory=lambda: defaultdict(set))
    """The units of each learner in which any day is another than before."""
    days_before: list[CourseDayRow] = field(default_factory=list)
    days_after: list[CourseDayRow] = field(default_factory=list)
    """Days of the course that are gone or new; one that changed is in both lists."""

    @property
    def days(self) -> set[date]:
        """The days on which anything is another than before."""
        return {row.day for row in (*self.days_before, *self.days_after)}
