"""The learners of a class, one row each, as the class page and the list of learners show them."""

from __future__ import annotations

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
from tracking.models import Audience, CourseOutline, Enrolment, Finding, LearnerCourse, OutlineUnit
from tracking.privacy import consent
from tracking.reports.course import active_learners
from tracking.reports.course.active_learners import WeeklyActive

FIGURES = (
    "learner_id", "required_count", "completed_count", "skipped_count", "failed_count", "attempt_count", "active_ms",
    "estimated_ms", "reported_later_ms", "last_at",
)  # fmt: skip
"""The stored figures of a learner's row."""


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
    """This and the times are ``None`` if the learner does not share their activity."""
    failed_count: int
    attempt_count: int
    active_seconds: int | None
    estimated_seconds: int | None
    reported_later_seconds: int | None
    last_at: datetime | None
    is_active_this_week: bool
    findings: tuple[PresentedFinding, ...]
    """Heaviest first, worded for the instructor."""

    @property
    def has_started(self) -> bool:
        """Whether the learner has any activity in the course."""
        return self.last_at is not None

    @property
    def is_finished(self) -> bool:
        """Whether everything required is completed, and something is required."""
        return definitions.is_finished(self.completed_count, self.required_count)


def read_learner_rows(
    course: CourseOutline, enrolments: Sequence[Enrolment], *, now: datetime
) -> list[LearnerRow]:
    """Return the rows of the learners of ``enrolments``, in that order. Seven queries, for any number of learners."""
    course_key = course.course_key
    units = {unit.unit_key: unit for unit in OutlineUnit.objects.filter(course_key=course_key)}
    shown = Finding.objects.visible_to(Audience.INSTRUCTOR, now=now).filter(course_key=course_key)
    findings = shown.filter(learner_id__in=[each.learner_id for each in enrolments])
    active = active_learners.read_weekly_active(course, now=now)
    return make_learner_rows(course_key, enrolments, findings, units, active)


def make_learner_rows(
    course_key: str,
    enrolments: Sequence[Enrolment],
    findings: Iterable[Finding],
    units: Mapping[str, OutlineUnit],
    active: WeeklyActive,
) -> list[LearnerRow]:
    """Return the rows of the learners of ``enrolments``, in that order, from what has been read already.

    ``enrolments`` have their learners selected. Queries: the stored figures, and consent.
    """
    adapter = lms.get_adapter()
    learner_ids = [each.learner_id for each in enrolments]
    # Rows instead of model instances: in a large class creating them would cost more than everything else.
    stored = LearnerCourse.objects.filter(course_key=course_key, learner_id__in=learner_ids)
    rows: dict[Any, Any] = {row.learner_id: row for row in stored.values_list(*FIGURES, named=True)}
    sharing = consent.learners_covered(learner_ids, Purpose.ENGAGEMENT, course_key=course_key)
    # Before the first rollup there is no row: then what the outline requires counts, as on the learner's own page.
    required_count = sum(map(modules.is_asked_for, units.values()))
    presented: defaultdict[Any, list[PresentedFinding]] = defaultdict(list)
    for each in presentation.present_to_instructor(findings, units):
        presented[each.learner_id].append(each)
    return [
        _row(
            enrolment,
            rows.get(enrolment.learner_id) or LearnerCourse(required_count=required_count),
            name=adapter.display_name(enrolment.learner),
            shares_engagement=enrolment.learner_id in sharing,
            is_active_this_week=enrolment.learner_id in active.this_week,
            findings=presented[enrolment.learner_id],
        )
        for enrolment in enrolments
    ]


def _row(
    enrolment: Enrolment,
    row: Any,
    *,
    name: str,
    shares_engagement: bool,
    is_active_this_week: bool,
    findings: Sequence[PresentedFinding],
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
        reported_later_seconds=times.whole_seconds(row.reported_later_ms) if shares_engagement else None,
        last_at=row.last_at,
        is_active_this_week=is_active_this_week,
        findings=tuple(findings),
    )
