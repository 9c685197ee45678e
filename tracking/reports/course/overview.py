"""One class at a glance: what the instructor's page and the API both show."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tracking.findings import presentation
from tracking.findings.presentation import PresentedFinding
from tracking.models import (
    Audience,
    Enrolment,
    Finding,
    OutlineUnit,
)
from tracking.reports.course import (
    active_learners,
    anomalies,
    daily_stats,
    hard_questions,
    learner_rows,
    weekly_change,
)
from tracking.reports.course import (
    units as course_units,
)
from tracking.reports.course.anomalies import UnusualDay
from tracking.reports.course.hard_questions import HardQuestion
from tracking.reports.course.learner_rows import LearnerRow
from tracking.reports.course.units import ModuleUnits, UnitReport
from tracking.reports.course.weekly_change import WeekChange
from tracking.rollups import freshness
from tracking.rollups.freshness import Freshness
from tracking.rollups.learner import days

QUESTIONS = 5
"""The maximum number of hardest questions that the page lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group within the course, for the filter."""

    key: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassOverview:
    """Everything that one page shows about one class."""

    course_key: str
    course_title: str
    starts_at: datetime | None
    ends_at: datetime | None
    is_begun: bool
    """Whether the start date of the course has passed, or none is known."""
    is_over: bool
    """Whether the course has ended: findings about learners are deleted then."""
    last_at: datetime | None
    """When any learner of the class was last active."""
    freshness: Freshness
    learner_count: int
    not_sharing_count: int
    """Learners who do not share their activity: no figure about the class includes them."""
    active_this_week_count: int
    started_count: int
    finished_count: int
    never_started_count: int
    groups: tuple[Group, ...]
    reinforce: tuple[PresentedFinding, ...]
    """Findings about the class as a whole, heaviest first."""
    check_in: tuple[LearnerRow, ...]
    """Learners with a finding, the most urgent first."""
    modules: tuple[ModuleUnits, ...]
    questions: tuple[HardQuestion, ...]
    """The hardest of the course."""
    week: tuple[WeekChange, ...]
    """The last seven days compared with the seven before."""
    anomalies: tuple[UnusualDay, ...]
    """Unusual days of the last two weeks, newest first."""
    learners: tuple[LearnerRow, ...]
    """By name."""

    @property
    def units(self) -> tuple[UnitReport, ...]:
        """Every lesson and quiz, in the order of the course."""
        return tuple(unit for module in self.modules for unit in module.units)


def find_class_overview(course_key: str, *, now: datetime) -> ClassOverview | None:
    """Return the overview of a course's class, or ``None`` if the course is unknown. Thirteen queries."""
    course_now = freshness.read_course_freshness(course_key)
    if course_now is None:
        return None
    outline = course_now.outline
    units = {
        unit.unit_key: unit for unit in OutlineUnit.objects.filter(course_key=course_key).order_by("position")
    }
    shown = Finding.objects.visible_to(Audience.INSTRUCTOR, now=now)
    findings = list(shown.filter(course_key=course_key))
    about_class = presentation.present_to_instructor(
        (each for each in findings if each.learner_id is None), units
    )
    about_learners = [each for each in findings if each.learner_id is not None]
    fresh = freshness.course_freshness(course_now, now=now)
    recent = daily_stats.read_recent_days(outline, fresh, now=now)
    active = active_learners.read_weekly_active(outline, now=now)
    enrolments = list(Enrolment.objects.filter(course_key=course_key).select_related("learner"))
    learners = sorted(
        learner_rows.make_learner_rows(course_key, enrolments, about_learners, units, active), key=_by_name
    )
    return ClassOverview(
        course_key=course_key,
        course_title=outline.title,
        starts_at=days.on_course_clock(outline.starts_at, outline.time_zone),
        ends_at=days.on_course_clock(outline.ends_at, outline.time_zone),
        is_begun=outline.starts_at is None or outline.starts_at <= now,
        is_over=outline.ends_at is not None and outline.ends_at <= now,
        last_at=max((each.last_at for each in learners if each.last_at), default=None),
        freshness=fresh,
        learner_count=len(learners),
        not_sharing_count=sum(not each.shares_engagement for each in learners),
        active_this_week_count=sum(each.is_active_this_week for each in learners),
        started_count=sum(each.has_started for each in learners),
        finished_count=sum(each.is_finished for each in learners),
        never_started_count=sum(not each.has_started for each in learners),
        groups=_groups(learners),
        reinforce=tuple(about_class),
        check_in=tuple(sorted((each for each in learners if each.findings), key=_urgency)),
        modules=course_units.read_module_units(course_key, units, about_class),
        questions=hard_questions.hardest_questions(course_key, units, most=QUESTIONS),
        week=weekly_change.compare_weeks(
            recent, active, included={each.learner_id for each in learners if each.shares_engagement}
        ),
        anomalies=anomalies.group_by_day(anomalies.find_anomalies(recent)),
        learners=tuple(learners),
    )


def _by_name(learner: LearnerRow) -> tuple[str, str]:
    return learner.name.casefold(), str(learner.learner_id)


def _urgency(learner: LearnerRow) -> tuple[float, str]:
    # A noisy-or (Pearl 1988): each reason alone leaves a chance of 1 - weight that nothing is wrong. A sum would let
    # many small reasons outweigh a serious one.
    return math.prod(1 - finding.weight for finding in learner.findings), learner.name.casefold()


def _groups(learners: Iterable[LearnerRow]) -> tuple[Group, ...]:
    titles = {each.group_key: each.group_title for each in learners if each.group_key}
    return tuple(
        Group(key=key, title=title) for key, title in sorted(titles.items(), key=lambda pair: pair[1])
    )
