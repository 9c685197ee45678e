"""One learner in one course: what the learner's own page, the instructor's page about them, and the API all show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from tracking.definitions import next_step, times
from tracking.definitions.next_step import StepReason
from tracking.events import LearnerId, Purpose, UnitKind
from tracking.findings import presentation
from tracking.findings.presentation import PresentedFinding
from tracking.models import Audience, Finding, LearnerUnit, OutlineUnit, UnitState
from tracking.privacy import consent
from tracking.reports.learner import attempt_history, course_row, unit_progress
from tracking.reports.learner.attempt_history import AttemptResult
from tracking.reports.learner.course_row import CourseOfLearner, DayOfLearning
from tracking.reports.learner.unit_progress import ModuleProgress, UnitProgress
from tracking.rollups.course import expected_time
from tracking.rollups.freshness import Freshness
from tracking.rollups.learner import days

PRACTISE_COUNT = 3
"""The maximum number of areas shown: more than three is a list, not advice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStep:
    """The unit to do next, and why. ``quiz_title`` is empty unless a lesson comes before that quiz."""

    unit: UnitProgress
    reason: StepReason
    quiz_title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerProgress:
    """Everything that one page shows about one learner in one course."""

    learner_id: Any
    course_key: str
    course_title: str
    freshness: Freshness
    shares_engagement: bool
    required_count: int
    completed_count: int
    skipped_count: int | None
    """``None``, like the times, if the learner does not share their activity."""
    active_seconds: int | None
    estimated_seconds: int | None
    reported_later_seconds: int | None
    """Measured by a browser that was offline, and in no other time; see ``rollups.learner.witness``."""
    first_at: datetime | None
    last_at: datetime | None
    next_step: ShownStep | None
    """``None`` if nothing required is left to do."""
    practise: tuple[PresentedFinding, ...]
    """At most three, worded for the learner."""
    findings: tuple[PresentedFinding, ...]
    """All open findings that instructors have not dismissed, worded for them."""
    gaps: tuple[UnitProgress, ...]
    """Required units that were skipped, skimmed or opened briefly; see ``definitions.states.GAPS``."""
    due: tuple[UnitProgress, ...]
    """Units with a due date that are not completed, earliest first."""
    modules: tuple[ModuleProgress, ...]
    attempts: tuple[AttemptResult, ...]
    """Newest first."""
    days: tuple[DayOfLearning, ...]
    """The last 28 days, oldest first, days without activity included; like ``hours``, empty if it is not shared."""
    hours: tuple[int, ...]
    """Active seconds at each hour of the day over all days, on the course's clock, from midnight on."""

    @property
    def this_week_seconds(self) -> int:
        """Active time of the last seven days."""
        return sum(day.active_seconds for day in self.days[-7:])

    @property
    def last_week_seconds(self) -> int:
        """Active time of the seven days before."""
        return sum(day.active_seconds for day in self.days[-14:-7])

    @property
    def has_ungraded(self) -> bool:
        """Whether any submitted attempt that counts is not graded yet."""
        units = [unit for module in self.modules for unit in module.units]
        return any(
            unit_progress.counts_for_progress(each) and each.state is UnitState.SUBMITTED for each in units
        )


def find_learner_progress(
    learner_id: LearnerId, course_key: str, *, now: datetime, must_be_enrolled: bool = False
) -> LearnerProgress | None:
    """Return the progress of a learner in a course, or ``None`` if the course is unknown. At most six queries.

    With ``must_be_enrolled``, return ``None`` also if the learner is not enrolled.
    """
    course = course_row.read_course_of_learner(learner_id, course_key, now=now)
    if course is None or (must_be_enrolled and not course.is_enrolled):
        return None
    head: dict[str, Any] = {"course_key": course_key, "learner_id": learner_id}
    outline = expected_time.annotate_class_median(OutlineUnit.objects.filter(course_key=course_key))
    units = {unit.unit_key: unit for unit in outline.order_by("position")}
    rows = {row.unit_key: row for row in LearnerUnit.objects.filter(**head)}
    progress = {
        key: unit_progress.unit_progress(unit, rows.get(key), due_at=_due_at(unit, course), now=now)
        for key, unit in units.items()
        if unit.kind != UnitKind.MODULE
    }
    row = course.row
    findings, shown = _findings(head, now=now)
    shares_engagement = consent.covers(learner_id, Purpose.ENGAGEMENT, course_key=course_key)
    found = LearnerProgress(
        learner_id=learner_id,
        course_key=course_key,
        course_title=course.title,
        freshness=course.freshness,
        shares_engagement=shares_engagement,
        required_count=row.required_count
        if course.has_row
        else sum(map(unit_progress.counts_for_progress, progress.values())),
        completed_count=row.completed_count,
        skipped_count=row.skipped_count,
        active_seconds=times.whole_seconds(row.active_ms),
        estimated_seconds=times.whole_seconds(row.estimated_ms),
        reported_later_seconds=times.whole_seconds(row.reported_later_ms),
        first_at=row.first_at,
        last_at=row.last_at,
        next_step=_next_step(progress, findings, shares_engagement=shares_engagement, now=now),
        practise=tuple(presentation.present_to_learner(shown[Audience.LEARNER], units)[:PRACTISE_COUNT]),
        findings=tuple(presentation.present_to_instructor(shown[Audience.INSTRUCTOR], units)),
        gaps=unit_progress.find_gaps(progress.values()),
        due=unit_progress.due_units(progress.values()),
        modules=unit_progress.group_by_module(list(units.values()), progress),
        attempts=attempt_history.learner_attempts(learner_id, course_key, units),
        days=course.days,
        hours=course.hours,
    )
    return found if found.shares_engagement else _hide_not_shared(found)


def _hide_not_shared(found: LearnerProgress) -> LearnerProgress:
    step = found.next_step
    return replace(
        found,
        skipped_count=None,
        active_seconds=None,
        estimated_seconds=None,
        reported_later_seconds=None,
        next_step=replace(step, unit=unit_progress.hide_not_shared(step.unit)) if step else None,
        gaps=(),
        due=tuple(map(unit_progress.hide_not_shared, found.due)),
        modules=tuple(map(unit_progress.hide_module_not_shared, found.modules)),
        days=(),
        hours=(),
    )


def _due_at(unit: OutlineUnit, course: CourseOfLearner) -> datetime | None:
    """Return the learner's own due date, else the unit's, on the course's clock: pages print its day."""
    return days.on_course_clock(course.due_at.get(unit.unit_key, unit.due_at), course.time_zone)


def _next_step(
    progress: Mapping[str, UnitProgress],
    findings: Iterable[Finding],
    *,
    shares_engagement: bool,
    now: datetime,
) -> ShownStep | None:
    missed: defaultdict[str, set[str]] = defaultdict(set)
    for finding in findings:
        missed[finding.evidence.get("quiz_key", "")].add(finding.unit_key)
    step = next_step.find_next_step(
        list(progress.values()), missed_lessons=missed, is_read_known=shares_engagement, now=now
    )
    if step is None:
        return None
    quiz = progress.get(step.quiz_key)
    return ShownStep(unit=progress[step.unit_key], reason=step.reason, quiz_title=quiz.title if quiz else "")


def _findings(
    head: Mapping[str, Any], *, now: datetime
) -> tuple[list[Finding], dict[Audience, list[Finding]]]:
    """Return the open findings about a learner, and those that each side has not dismissed. One query."""
    audiences = (Audience.LEARNER, Audience.INSTRUCTOR)
    shown = {
        f"visible_to_{audience}": Exists(
            Finding.objects.visible_to(audience, now=now).filter(pk=OuterRef("pk"))
        )
        for audience in audiences
    }
    found = list(Finding.objects.open().filter(**head).annotate(**shown))
    return found, {
        audience: [each for each in found if getattr(each, f"visible_to_{audience}")]
        for audience in audiences
    }
