"""One lesson or quiz over its class: how far people come in it, how they use its page, and how its tries go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tracking import conf
from tracking.events import UnitKind
from tracking.insights import (
    advice,
    causes,
    freshness,
    friction,
    hard_questions,
    lesson_reach,
    page_details,
    page_use,
    quiz_tries,
    unit_measures,
)
from tracking.insights.advice import Advice
from tracking.insights.causes import Link
from tracking.insights.freshness import Freshness
from tracking.insights.friction import UnitFriction
from tracking.insights.hard_questions import HardQuestion
from tracking.insights.lesson_reach import FunnelStep, ScrollMark, StateCount
from tracking.insights.page_use import PageUse
from tracking.insights.quiz_tries import TryMeasures
from tracking.insights.unit_measures import UnitMeasures
from tracking.models import Audience, Finding, LearnerUnit, OutlineUnit
from tracking.rollups import rosters
from tracking.rollups.rosters import Roster


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonFigures:
    """What is told of a class that is large enough."""

    funnel: tuple[FunnelStep, ...]
    states: tuple[StateCount, ...]
    silent_count: int
    """Learners of whom a lesson knows nothing, and who are in no figure of it; a quiz counts everybody."""
    scroll: tuple[ScrollMark, ...]
    use: PageUse
    friction: UnitFriction
    """Where its page gets in the way."""
    links: tuple[Link, ...]
    """Of a lesson with the questions that draw on it, of a quiz with the lessons behind its questions."""
    questions: tuple[HardQuestion, ...]
    """Of a quiz its own, of a lesson those that draw on it: hardest first, those that nothing is told of last."""
    tries: tuple[TryMeasures, ...]
    """Of a quiz: the first, the second and so on, and all together last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonOverview:
    """Everything one page says about one lesson or quiz."""

    course_key: str
    course_title: str
    module_key: str
    module_title: str
    freshness: Freshness
    learner_count: int
    measures: UnitMeasures
    due_at: datetime | None
    before: OutlineUnit | None
    after: OutlineUnit | None
    concerns: tuple[Advice, ...]
    check_in_count: int
    """Learners with a reason to check in that lies in this unit: those whom the class page lists under it."""
    figures: LessonFigures | None
    """``None`` where the class is too small."""


def find(course_key: str, unit_key: str, *, now: datetime) -> LessonOverview | None:
    """Return the overview of a lesson or quiz, or ``None`` where there is none of that key. 13 queries at most."""
    course = freshness.read(course_key)
    units = {
        unit.unit_key: unit for unit in OutlineUnit.objects.filter(course_key=course_key).order_by("position")
    }
    unit = units.get(unit_key)
    if course is None or unit is None or unit.kind == UnitKind.MODULE or not unit.is_available:
        return None
    shown = Finding.objects.shown_to(Audience.INSTRUCTOR, now=now)
    findings = list(shown.filter(course_key=course_key, unit_key=unit_key))
    about_class = advice.for_instructor((each for each in findings if each.learner_id is None), units)
    modules = unit_measures.read(course_key, units, about_class)
    measured = [each for module in modules for each in module.units]
    index = next(place for place, each in enumerate(measured) if each.key == unit_key)
    roster = rosters.read(course_key, needs_silent=unit.kind != UnitKind.QUIZ)
    learner_count = len(roster.group_of)
    is_enough = learner_count >= conf.get_settings().GROUP_MINIMUM
    return LessonOverview(
        course_key=course_key,
        course_title=course.outline.title,
        module_key=measured[index].module_key,
        module_title=measured[index].module_title,
        freshness=freshness.of(course, now=now),
        learner_count=learner_count,
        measures=measured[index],
        due_at=unit.due_at,
        before=units[measured[index - 1].key] if index else None,
        after=units[measured[index + 1].key] if index + 1 < len(measured) else None,
        concerns=tuple(about_class),
        check_in_count=len(roster.group_of.keys() & {each.learner_id for each in findings}),
        figures=_figures(unit, units, roster, now=now) if is_enough else None,
    )


def _figures(
    unit: OutlineUnit, units: Mapping[str, OutlineUnit], roster: Roster, *, now: datetime
) -> LessonFigures:
    course_key, unit_key, is_quiz = unit.course_key, unit.unit_key, unit.kind == UnitKind.QUIZ
    counted = roster.group_of.keys() - roster.silent
    rows = [
        row
        for row in LearnerUnit.objects.filter(course_key=course_key, unit_key=unit_key)
        if row.learner_id in counted
    ]
    told = page_details.read(course_key, unit_key, roster.sharing, now=now)
    find_questions = hard_questions.of_unit if is_quiz else hard_questions.of_lesson
    return LessonFigures(
        funnel=lesson_reach.funnel(rows, len(counted), is_quiz=is_quiz),
        states=lesson_reach.states(rows, len(counted)),
        silent_count=len(roster.silent),
        scroll=lesson_reach.scroll(rows),
        use=page_use.summarise(told),
        friction=friction.of_unit(unit, roster.sharing, told.details, now=now),
        questions=find_questions(course_key, unit_key, units),
        links=causes.of_unit(course_key, unit_key, units),
        tries=quiz_tries.of_class(course_key, unit_key) if is_quiz else (),
    )
