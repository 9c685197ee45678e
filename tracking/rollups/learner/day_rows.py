"""The rows of learners' days, and what changed when they were recomputed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from tracking.events import LearnerId
from tracking.rollups.learner.patterns import Hours, TransitionCounts


class PageViewRow(NamedTuple):
    """The fields of ``models.PageView``."""

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
    reported_later_ms: int
    scroll_percent: int
    is_measured: bool
    is_witnessed: bool


class UnitDayRow(NamedTuple):
    """The fields of ``models.LearnerUnitDay``; those from ``active_ms`` on are in the order of ``days.DayFacts``."""

    learner_id: LearnerId
    course_key: str
    unit_key: str
    day: date
    active_ms: int
    visible_ms: int
    media_ms: int
    estimated_ms: int
    reported_later_ms: int
    view_count: int
    access_count: int
    scroll_percent: int
    is_completed: bool
    first_at: datetime
    last_at: datetime


class CourseDayRow(NamedTuple):
    """The fields of ``models.LearnerCourseDay`` for a day that can be recomputed."""

    learner_id: LearnerId
    course_key: str
    day: date
    active_ms: int
    estimated_ms: int
    reported_later_ms: int
    view_count: int
    access_count: int
    last_at: datetime
    hours: Hours
    transitions: TransitionCounts
    is_final: bool = False


@dataclass(slots=True)
class RecomputedDays:
    """Days of one learner, as recomputed."""

    units: list[UnitDayRow] = field(default_factory=list)
    courses: list[CourseDayRow] = field(default_factory=list)


@dataclass(slots=True)
class DayChanges:
    """What changed in the days of some learners."""

    recomputed: defaultdict[LearnerId, RecomputedDays] = field(
        default_factory=lambda: defaultdict(RecomputedDays)
    )
    """Every recomputed day, changed or not."""

    units: defaultdict[LearnerId, set[str]] = field(default_factory=lambda: defaultdict(set))
    """The units of each learner in which any day has changed."""
    days_before: list[CourseDayRow] = field(default_factory=list)
    days_after: list[CourseDayRow] = field(default_factory=list)
    """Days of the course that are gone or new; a changed day is in both lists."""

    @property
    def days(self) -> set[date]:
        """The days on which anything has changed."""
        return {row.day for row in (*self.days_before, *self.days_after)}
