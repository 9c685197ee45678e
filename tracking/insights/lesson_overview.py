"""One lesson or quiz over its class: how far people come in it, how they use its page, and how its tries go."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from django.db.models import Exists, OuterRef

from tracking import conf
from tracking.events import UnitKind
from tracking.insights import advice, freshness, hard_questions, page_use, unit_measures
from tracking.insights.advice import Advice
from tracking.insights.freshness import Freshness
from tracking.insights.hard_questions import HardQuestion
from tracking.insights.page_use import PageUse
from tracking.insights.unit_measures import UnitMeasures
from tracking.models import Attempt, CourseOutline, Enrolment, Finding, LearnerUnit, OutlineUnit, State

SCROLL_MARKS = (25, 50, 75, 90)
"""Percent of the page."""
QUESTIONS = 20
LATE_TRY = 4
"""From this try on, tries are taken together."""


class Step(Enum):
    """How far somebody came."""

    ENROLLED = "enrolled"
    OPENED = "opened"
    ENGAGED = "engaged"
    END_REACHED = "end_reached"
    TRIED = "tried"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelStep:
    """One step of the way, and how many of the class came to it; ``share`` is of the class."""

    step: Step
    count: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ScrollMark:
    """The share of those who opened the page who saw at least ``percent`` of it."""

    percent: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StateCount:
    """How many learners stand in a state."""

    state: State
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TryMeasures:
    """Tries at a quiz taken together; ``number`` is 0 for all of them, and 4 stands for the fourth and later."""

    number: int
    learner_count: int
    try_count: int
    mean_share: float | None
    passed_share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonOverview:
    """Everything one page says about one lesson or quiz."""

    course_key: str
    course_title: str
    module_key: str
    module_title: str
    freshness: Freshness
    learner_count: int
    is_enough: bool
    """Whether the class is large enough for figures about it."""
    measures: UnitMeasures
    due_at: datetime | None
    before: OutlineUnit | None
    after: OutlineUnit | None
    concerns: tuple[Advice, ...]
    check_in_count: int
    """Learners with a reason to check in that lies in this unit."""
    funnel: tuple[FunnelStep, ...]
    states: tuple[StateCount, ...]
    scroll: tuple[ScrollMark, ...]
    use: PageUse
    questions: tuple[HardQuestion, ...]
    """Of a quiz its own, of a lesson those that draw on it: what is not right at once, hardest first."""
    tries: tuple[TryMeasures, ...]
    """Of a quiz: the first, the second and so on, and all together last."""


def find(course_key: str, unit_key: str, *, now: datetime) -> LessonOverview | None:
    """Return the overview of a lesson or quiz, or ``None`` where there is none of that key. Eleven queries at most."""
    course = CourseOutline.objects.filter(course_key=course_key).first()
    units = {
        unit.unit_key: unit for unit in OutlineUnit.objects.filter(course_key=course_key).order_by("position")
    }
    unit = units.get(unit_key)
    if course is None or unit is None or unit.kind == UnitKind.MODULE or not unit.is_available:
        return None
    findings = list(Finding.objects.open().filter(course_key=course_key, unit_key=unit_key))
    about_class = advice.for_instructor((each for each in findings if each.learner_id is None), units)
    modules = unit_measures.read(course_key, units, about_class)
    measured = [each for module in modules for each in module.units]
    index = next(place for place, each in enumerate(measured) if each.key == unit_key)
    learner_count = Enrolment.objects.filter(course_key=course_key).count()
    is_enough = learner_count >= conf.get_settings().GROUP_MINIMUM
    rows = _rows(course_key, unit_key) if is_enough else []
    return LessonOverview(
        course_key=course_key,
        course_title=course.title,
        module_key=measured[index].module_key,
        module_title=measured[index].module_title,
        freshness=freshness.find(course, now=now),
        learner_count=learner_count,
        is_enough=is_enough,
        measures=measured[index],
        due_at=unit.due_at,
        before=units[measured[index - 1].key] if index else None,
        after=units[measured[index + 1].key] if index + 1 < len(measured) else None,
        concerns=tuple(about_class),
        check_in_count=len({each.learner_id for each in findings if each.learner_id is not None}),
        funnel=_funnel(rows, learner_count, is_quiz=unit.kind == UnitKind.QUIZ) if is_enough else (),
        states=_states(rows, learner_count) if is_enough else (),
        scroll=_scroll(rows),
        use=page_use.find(course_key, unit_key, now=now),
        questions=_questions(unit, units) if is_enough else (),
        tries=_tries(course_key, unit_key) if is_enough and unit.kind == UnitKind.QUIZ else (),
    )


def _rows(course_key: str, unit_key: str) -> list[LearnerUnit]:
    enrolled = Exists(Enrolment.objects.filter(course_key=course_key, learner_id=OuterRef("learner_id")))
    return list(LearnerUnit.objects.filter(enrolled, course_key=course_key, unit_key=unit_key))


def _funnel(rows: Sequence[LearnerUnit], learner_count: int, *, is_quiz: bool) -> tuple[FunnelStep, ...]:
    rules = conf.get_settings()
    # Each step holds those of the next, whatever they are known by: who completed a lesson has opened it.
    completed = {row.learner_id for row in rows if row.state == State.COMPLETED}
    tried = {row.learner_id for row in rows if row.attempt_count}
    ended = {row.learner_id for row in rows if row.scroll_percent >= rules.END_REACHED_PERCENT}
    further = completed | (tried if is_quiz else ended)
    engaged = further | {row.learner_id for row in rows if row.active_ms >= rules.ENGAGED_SECONDS * 1000}
    opened = engaged | {row.learner_id for row in rows if row.view_count or row.access_count}
    counts = (
        (Step.ENROLLED, learner_count),
        (Step.OPENED, len(opened)),
        (Step.ENGAGED, len(engaged)),
        (Step.TRIED if is_quiz else Step.END_REACHED, len(further)),
        (Step.COMPLETED, len(completed)),
    )
    return tuple(FunnelStep(step=step, count=count, share=count / learner_count) for step, count in counts)


def _states(rows: Iterable[LearnerUnit], learner_count: int) -> tuple[StateCount, ...]:
    counted = Counter(State(row.state) for row in rows)
    counted[State.NOT_REACHED] += learner_count - sum(counted.values())
    return tuple(StateCount(state=state, count=counted[state]) for state in State if counted[state] > 0)


def _scroll(rows: Iterable[LearnerUnit]) -> tuple[ScrollMark, ...]:
    depths = [row.scroll_percent for row in rows if row.view_count]
    # Where nobody's depth is known, as in an imported log, a row of noughts would be a lie.
    if len(depths) < conf.get_settings().GROUP_MINIMUM or not any(depths):
        return ()
    return tuple(
        ScrollMark(percent=percent, share=sum(depth >= percent for depth in depths) / len(depths))
        for percent in SCROLL_MARKS
    )


def _questions(unit: OutlineUnit, units: Mapping[str, OutlineUnit]) -> tuple[HardQuestion, ...]:
    find_hardest = hard_questions.of_unit if unit.kind == UnitKind.QUIZ else hard_questions.of_lesson
    return find_hardest(unit.course_key, unit.unit_key, units, most=QUESTIONS)


def _tries(course_key: str, unit_key: str) -> tuple[TryMeasures, ...]:
    enrolled = Exists(Enrolment.objects.filter(course_key=course_key, learner_id=OuterRef("learner_id")))
    attempts = (
        Attempt.objects.submitted()
        .filter(enrolled, course_key=course_key, unit_key=unit_key)
        .order_by("submitted_at", "source_key")
    )
    numbers: Counter[Any] = Counter()
    by_number: defaultdict[int, list[Attempt]] = defaultdict(list)
    everything = []
    for attempt in attempts:
        numbers[attempt.learner_id] += 1
        by_number[min(numbers[attempt.learner_id], LATE_TRY)].append(attempt)
        everything.append(attempt)
    found = [_measure_tries(number, by_number[number]) for number in sorted(by_number)]
    if len(everything) > len(by_number[1]):
        found.append(_measure_tries(0, everything))
    return tuple(found)


def _measure_tries(number: int, attempts: Sequence[Attempt]) -> TryMeasures:
    learner_count = len({attempt.learner_id for attempt in attempts})
    is_enough = learner_count >= conf.get_settings().GROUP_MINIMUM
    shares = [attempt.share for attempt in attempts if attempt.share is not None]
    decided = [attempt.is_passed for attempt in attempts if attempt.is_passed is not None]
    return TryMeasures(
        number=number,
        learner_count=learner_count,
        try_count=len(attempts),
        mean_share=statistics.fmean(shares) if shares and is_enough else None,
        passed_share=sum(decided) / len(decided) if decided and is_enough else None,
    )
