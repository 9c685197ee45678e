"""One lesson or quiz over its class: how far learners get, how they use its page, and how their attempts go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tracking.events import UnitKind
from tracking.findings import missed_questions, presentation
from tracking.findings.missed_questions import NotCoveredLink
from tracking.findings.presentation import PresentedFinding
from tracking.models import Audience, Finding, LearnerUnit, OutlineUnit, UnitState
from tracking.reports.course import hard_questions
from tracking.reports.course import units as course_units
from tracking.reports.course.hard_questions import HardQuestion
from tracking.reports.course.units import UnitReport
from tracking.reports.lesson import attempt_stats, friction, funnel, page_events, page_usage
from tracking.reports.lesson.attempt_stats import AttemptStats
from tracking.reports.lesson.friction import UnitFriction
from tracking.reports.lesson.funnel import FunnelStep, ScrollDepth, StateCount
from tracking.reports.lesson.page_usage import PageUsage
from tracking.rollups import freshness
from tracking.rollups.course import rosters
from tracking.rollups.course.rosters import Roster
from tracking.rollups.freshness import Freshness
from tracking.rollups.learner import days


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonFigures:
    """The figures over the learners who share their activity."""

    funnel: tuple[FunnelStep, ...]
    states: tuple[StateCount, ...]
    not_sharing_count: int
    """Learners who do not share their activity: no figure includes them."""
    scroll: tuple[ScrollDepth, ...]
    use: PageUsage
    friction: UnitFriction
    """The friction of its page."""
    links: tuple[NotCoveredLink, ...]
    """For a lesson, with the questions that draw on it; for a quiz, with the lessons behind its questions."""
    questions: tuple[HardQuestion, ...]
    """A quiz's own, or those that draw on a lesson: hardest first, those without figures last."""
    attempts: tuple[AttemptStats, ...]
    """For a quiz: the first attempts, the second and so on, and all attempts last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonOverview:
    """Everything that one page shows about one lesson or quiz."""

    course_key: str
    course_title: str
    module_key: str
    module_title: str
    freshness: Freshness
    learner_count: int
    measures: UnitReport
    due_at: datetime | None
    before: OutlineUnit | None
    after: OutlineUnit | None
    findings: tuple[PresentedFinding, ...]
    check_in_count: int
    """Learners with a finding about this unit: those whom the class page lists under it."""
    figures: LessonFigures | None
    """``None`` if no one is enrolled."""


def find_lesson_overview(course_key: str, unit_key: str, *, now: datetime) -> LessonOverview | None:
    """Return the overview of a lesson or quiz, or ``None`` if the key is unknown. At most 13 queries."""
    course = freshness.read_course_freshness(course_key)
    units = {
        unit.unit_key: unit for unit in OutlineUnit.objects.filter(course_key=course_key).order_by("position")
    }
    unit = units.get(unit_key)
    if course is None or unit is None or unit.kind == UnitKind.MODULE or not unit.is_available:
        return None
    shown = Finding.objects.visible_to(Audience.INSTRUCTOR, now=now)
    findings = list(shown.filter(course_key=course_key, unit_key=unit_key))
    about_class = presentation.present_to_instructor(
        (each for each in findings if each.learner_id is None), units
    )
    measured = course_units.read_unit_reports(course_key, units, about_class)
    index = next(place for place, each in enumerate(measured) if each.key == unit_key)
    roster = rosters.read_roster(course_key)
    enrolled = roster.group_of.keys() | roster.not_sharing_ids
    return LessonOverview(
        course_key=course_key,
        course_title=course.outline.title,
        module_key=measured[index].module_key,
        module_title=measured[index].module_title,
        freshness=freshness.course_freshness(course, now=now),
        learner_count=len(enrolled),
        measures=measured[index],
        due_at=days.on_course_clock(unit.due_at, course.outline.time_zone),
        before=units[measured[index - 1].key] if index else None,
        after=units[measured[index + 1].key] if index + 1 < len(measured) else None,
        findings=tuple(about_class),
        check_in_count=len(enrolled & {each.learner_id for each in findings}),
        figures=_figures(unit, units, roster, now=now) if enrolled else None,
    )


def _figures(
    unit: OutlineUnit, units: Mapping[str, OutlineUnit], roster: Roster, *, now: datetime
) -> LessonFigures:
    course_key, unit_key, is_quiz = unit.course_key, unit.unit_key, unit.kind == UnitKind.QUIZ
    counted = roster.group_of.keys()
    rows = [
        row
        for row in LearnerUnit.objects.filter(course_key=course_key, unit_key=unit_key)
        if row.learner_id in counted
    ]
    excused_count = sum(row.state == UnitState.EXCUSED for row in rows)
    sent = page_events.read_page_events(course_key, unit_key, counted, now=now)
    find_questions = hard_questions.quiz_questions if is_quiz else hard_questions.lesson_questions
    return LessonFigures(
        funnel=funnel.lesson_funnel(rows, len(counted) - excused_count, is_quiz=is_quiz),
        states=funnel.state_counts(rows, len(counted)),
        not_sharing_count=len(roster.not_sharing_ids),
        scroll=funnel.scroll_depths(rows),
        use=page_usage.summarise_page_events(sent),
        friction=friction.unit_friction(unit, counted, sent.details, now=now),
        questions=find_questions(course_key, unit_key, units),
        links=missed_questions.unit_links(course_key, unit_key, units),
        attempts=attempt_stats.class_attempt_stats(course_key, unit_key) if is_quiz else (),
    )
