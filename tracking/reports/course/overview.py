"""One class at a glance: what the instructor's page and the API both show."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracking import lms
from tracking.definitions import learners as definitions
from tracking.definitions import modules, times
from tracking.events import Purpose
from tracking.findings import presentation
from tracking.findings.presentation import PresentedFinding
from tracking.models import (
    Audience,
    Enrolment,
    Finding,
    LearnerCourse,
    OutlineUnit,
)
from tracking.privacy import consent
from tracking.reports.course import (
    active_learners,
    anomalies,
    daily_stats,
    hard_questions,
    weekly_change,
)
from tracking.reports.course import (
    units as course_units,
)
from tracking.reports.course.active_learners import WeeklyActive
from tracking.reports.course.anomalies import UnusualDay
from tracking.reports.course.hard_questions import HardQuestion
from tracking.reports.course.units import ModuleUnits, UnitReport
from tracking.reports.course.weekly_change import WeekChange
from tracking.rollups import freshness
from tracking.rollups.freshness import Freshness

FIGURES = (
    "learner_id", "required_count", "completed_count", "skipped_count", "failed_count", "attempt_count", "active_ms",
    "estimated_ms", "last_at",
)  # fmt: skip
"""What a learner's row says of them."""
QUESTIONS = 5
"""Hardest questions that are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerRow:
    """One learner of the class. The same numbers as on the learner's own page."""

    learner_id: Any
    name: str
    group_key: str
    group_title: str
    shares_engagement: bool
    required_count: int
    completed_count: int
    skipped_count: int | None
    """This and the times are ``None`` where the learner does not share their activity."""
    failed_count: int
    attempt_count: int
    active_seconds: int | None
    estimated_seconds: int | None
    last_at: datetime | None
    is_active_this_week: bool
    findings: tuple[PresentedFinding, ...]
    """Heaviest first, in words to the instructor."""

    @property
    def has_started(self) -> bool:
        """Whether there is any sign of the learner in the course."""
        return self.last_at is not None

    @property
    def is_finished(self) -> bool:
        """Whether everything required is completed, and something is required."""
        return definitions.is_finished(self.completed_count, self.required_count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group within the course, for the filter."""

    key: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassOverview:
    """Everything one page says about one class."""

    course_key: str
    course_title: str
    starts_at: datetime | None
    ends_at: datetime | None
    is_begun: bool
    """Whether the day the course starts on has come, or none is known."""
    is_over: bool
    """Whether the course has ended: findings about learners are not kept beyond that."""
    last_at: datetime | None
    """When anybody of the class was seen last."""
    freshness: Freshness
    learner_count: int
    not_sharing_count: int
    """Learners who do not share how they work: no time or skipped lesson of theirs is in any figure."""
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
    """The last seven days beside the seven before."""
    anomalies: tuple[UnusualDay, ...]
    """Days of the last two weeks that were out of the ordinary, the newest first."""
    learners: tuple[LearnerRow, ...]
    """By name."""

    @property
    def units(self) -> tuple[UnitReport, ...]:
        """Every lesson and quiz, in the order of the course."""
        return tuple(unit for module in self.modules for unit in module.units)


def find_class_overview(course_key: str, *, now: datetime) -> ClassOverview | None:
    """Return the overview of a course's class, or ``None`` where the course is unknown. Thirteen queries."""
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
    judged = anomalies.judged_days(outline, fresh)
    needed = [anomalies.days_to_read(judged)] if judged else []
    known = daily_stats.read_daily_stats(course_key, [weekly_change.days_compared(outline, now=now), *needed])
    active = active_learners.read_weekly_active(outline, now=now)
    learners = _learners(course_key, about_learners, units, active)
    return ClassOverview(
        course_key=course_key,
        course_title=outline.title,
        starts_at=outline.starts_at,
        ends_at=outline.ends_at,
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
        week=weekly_change.compare_weeks(outline, known, active, now=now, learner_count=len(learners)),
        anomalies=anomalies.group_by_day(anomalies.judge_days(judged, known)) if judged else (),
        learners=tuple(learners),
    )


def _learners(
    course_key: str,
    findings: Iterable[Finding],
    units: Mapping[str, OutlineUnit],
    active: WeeklyActive,
) -> list[LearnerRow]:
    adapter = lms.get_adapter()
    enrolments = list(Enrolment.objects.filter(course_key=course_key).select_related("learner"))
    # Of a large class models would be most of what there is to make and to throw away.
    standing = LearnerCourse.objects.filter(course_key=course_key).values_list(*FIGURES, named=True)
    rows: dict[Any, Any] = {row.learner_id: row for row in standing}
    learner_ids = [each.learner_id for each in enrolments]
    sharing = consent.learners_covered(learner_ids, Purpose.ENGAGEMENT, course_key=course_key)
    # Until the first rollup there is no row: then what the outline asks for counts, as on the learner's own page.
    required_count = sum(map(modules.is_asked_for, units.values()))
    concerns: defaultdict[Any, list[PresentedFinding]] = defaultdict(list)
    for each in presentation.present_to_instructor(findings, units):
        concerns[each.learner_id].append(each)
    learners = [
        _learner(
            enrolment,
            rows.get(enrolment.learner_id) or LearnerCourse(required_count=required_count),
            name=adapter.display_name(enrolment.learner),
            shares_engagement=enrolment.learner_id in sharing,
            is_active_this_week=enrolment.learner_id in active.this_week,
            concerns=concerns[enrolment.learner_id],
        )
        for enrolment in enrolments
    ]
    return sorted(learners, key=lambda each: (each.name.casefold(), str(each.learner_id)))


def _learner(
    enrolment: Enrolment,
    row: Any,
    *,
    name: str,
    shares_engagement: bool,
    is_active_this_week: bool,
    concerns: Sequence[PresentedFinding],
) -> LearnerRow:
    return LearnerRow(
        learner_id=enrolment.learner_id,
        name=name,
        group_key=enrolment.group_key,
        group_title=enrolment.group_title,
        shares_engagement=shares_engagement,
        required_count=row.required_count,
        completed_count=row.completed_count,
        skipped_count=row.skipped_count if shares_engagement else None,
        failed_count=row.failed_count,
        attempt_count=row.attempt_count,
        active_seconds=times.whole_seconds(row.active_ms) if shares_engagement else None,
        estimated_seconds=times.whole_seconds(row.estimated_ms) if shares_engagement else None,
        last_at=row.last_at,
        is_active_this_week=is_active_this_week,
        findings=tuple(concerns),
    )


def _urgency(learner: LearnerRow) -> tuple[float, str]:
    # A noisy-or (Pearl 1988): each reason alone leaves 1 - weight of a chance that nothing is wrong, and many small
    # reasons weigh more than a great one.
    return math.prod(1 - concern.weight for concern in learner.findings), learner.name.casefold()


def _groups(learners: Iterable[LearnerRow]) -> tuple[Group, ...]:
    titles = {each.group_key: each.group_title for each in learners if each.group_key}
    return tuple(
        Group(key=key, title=title) for key, title in sorted(titles.items(), key=lambda pair: pair[1])
    )
