"""From a failed question to what went before: the lessons it draws on, and what was done with each of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tracking import conf
from tracking.definitions import shares, times
from tracking.definitions.states import NOT_COVERED
from tracking.events import LearnerId
from tracking.findings import learner_facts, question_links
from tracking.findings.facts import QuestionLinkCounts, UnitFactsOfLearner
from tracking.findings.rules import classes, quizzes
from tracking.models import OutlineUnit, UnitState


class Coverage(StrEnum):
    """What a learner did with a lesson."""

    NOT_COVERED = "not_covered"
    SKIMMED = "skimmed"
    LONG_TIME = "long_time"
    COVERED = "covered"
    UNKNOWN = "unknown"
    """The learner does not share how they work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedLessonState:
    """A lesson that a question draws on, as the learner has it now."""

    unit_key: str
    title: str
    url: str
    state: UnitState
    treatment: Coverage
    active_seconds: int
    expected_seconds: int | None
    class_median_seconds: int | None
    """What is expected where the host says nothing: as long as the class needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedQuestion:
    """A question that was missed in the last submitted attempt at a quiz."""

    quiz_key: str
    quiz_title: str
    is_quiz_passed: bool
    attempt_id: int
    question_key: str
    lessons: tuple[RelatedLessonState, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCoveredLink:
    """How often those who missed a question had passed over the lesson it draws on, and how often the others had.

    It is what goes together over the first attempts of a class; it does not say that one is the cause of the other.
    """

    quiz_key: str
    quiz_title: str
    question_key: str
    lesson_key: str
    lesson_title: str
    missed_count: int
    missed_not_covered_share: float
    """Of those who missed the question: who had passed the lesson over."""
    right_count: int
    right_not_covered_share: float
    """The same of those who did not miss it."""
    p_value: float
    """How likely chance alone parts the two sides at least as far (Fisher's exact test, one-sided)."""


def missed_by_learner(learner_id: LearnerId, course_key: str, *, now: datetime) -> tuple[MissedQuestion, ...]:
    """Return each question that the learner missed at the last try, in the order of the course."""
    situation = learner_facts.read_learner_facts(course_key, [learner_id], now=now).get(learner_id)
    if situation is None:
        return ()
    outline = _outline(course_key)
    lessons = {unit.key: unit for unit in situation.open_units()}
    found = []
    for quiz in situation.open_units():
        if quiz.attempted is None:
            continue
        for question_key, lesson_keys in zip(
            quiz.attempted.missed_question_keys, quiz.attempted.missed_lesson_keys, strict=True
        ):
            behind = (
                _behind(lessons[key], outline[key], is_shared=situation.shares_engagement)
                for key in lesson_keys
                if key in lessons
            )
            found.append(
                MissedQuestion(
                    quiz_key=quiz.key,
                    quiz_title=outline[quiz.key].title,
                    is_quiz_passed=quiz.state is UnitState.COMPLETED,
                    attempt_id=quiz.attempted.attempt_ids[-1],
                    question_key=question_key,
                    lessons=tuple(behind),
                )
            )
    return tuple(found)


def class_links(course_key: str) -> tuple[NotCoveredLink, ...]:
    """Return the links of the class that may be shown, those that part the two sides furthest first. Two queries.

    Both sides must be at least as large as the smallest group that is shown.
    """
    return _links(question_links.read_question_links(course_key), _outline(course_key))


def unit_links(
    course_key: str, unit_key: str, outline: Mapping[str, OutlineUnit]
) -> tuple[NotCoveredLink, ...]:
    """Return those of one lesson or quiz in the same way. One query."""
    return _links(question_links.read_question_links(course_key, unit_key), outline)


def _links(
    found: Iterable[QuestionLinkCounts], outline: Mapping[str, OutlineUnit]
) -> tuple[NotCoveredLink, ...]:
    known = (each for each in found if {each.quiz_key, each.lesson_key} <= outline.keys())
    links = (_link(each, outline) for each in known)
    return tuple(sorted((each for each in links if each is not None), key=_parting))


def _parting(link: NotCoveredLink) -> tuple[float, str, str, str]:
    return (
        link.right_not_covered_share - link.missed_not_covered_share,
        link.quiz_key,
        link.question_key,
        link.lesson_key,
    )


def _outline(course_key: str) -> Mapping[str, OutlineUnit]:
    return {unit.unit_key: unit for unit in OutlineUnit.objects.filter(course_key=course_key)}


def _behind(lesson: UnitFactsOfLearner, unit: OutlineUnit, *, is_shared: bool) -> RelatedLessonState:
    return RelatedLessonState(
        unit_key=lesson.key,
        title=unit.title,
        url=unit.url,
        state=lesson.state,
        treatment=_treatment(lesson) if is_shared else Coverage.UNKNOWN,
        active_seconds=times.whole_seconds(lesson.active_ms),
        expected_seconds=lesson.expected_seconds,
        class_median_seconds=lesson.class_median_seconds,
    )


def _treatment(lesson: UnitFactsOfLearner) -> Coverage:
    if lesson.state is UnitState.SKIMMED:
        return Coverage.SKIMMED
    if lesson.state in NOT_COVERED:
        return Coverage.NOT_COVERED
    is_long_time = quizzes.took_far_longer(lesson, conf.get_settings())
    return Coverage.LONG_TIME if is_long_time else Coverage.COVERED


def _link(link: QuestionLinkCounts, outline: Mapping[str, OutlineUnit]) -> NotCoveredLink | None:
    missed, right = shares.MISSED_NOT_COVERED.of(link), shares.RIGHT_NOT_COVERED.of(link)
    if missed is None or right is None:
        return None
    return NotCoveredLink(
        quiz_key=link.quiz_key,
        quiz_title=outline[link.quiz_key].title,
        question_key=link.question_key,
        lesson_key=link.lesson_key,
        lesson_title=outline[link.lesson_key].title,
        missed_count=link.missed_count,
        missed_not_covered_share=missed,
        right_count=link.right_count,
        right_not_covered_share=right,
        p_value=classes.fisher_p_value(link),
    )
