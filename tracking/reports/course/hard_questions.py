"""The questions of a class, hardest first, with the wrong options that learners choose most."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tracking.models import OutlineUnit
from tracking.reports.course import questions
from tracking.reports.course.questions import OptionStats, QuestionReport

WRONG_OPTIONS = 3
"""The maximum number of wrong options that a question lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HardQuestion:
    """One question with the title of its quiz."""

    unit_key: str
    unit_title: str
    item: QuestionReport
    wrong: tuple[OptionStats, ...]
    """The options chosen most in wrong first answers."""

    @property
    def is_suspect(self) -> bool:
        """Whether learners who do well elsewhere get it wrong more often than the others: the key may be wrong."""
        return self.item.discrimination is not None and self.item.discrimination < 0


def hardest_questions(
    course_key: str, units: Mapping[str, OutlineUnit], *, most: int
) -> tuple[HardQuestion, ...]:
    """Return the hardest questions of a course, hardest first. Two queries.

    A question that no one got wrong at first is left out.
    """
    found = _all_of(course_key)
    missed = [item for item in found if item.first_correct_share is not None and item.first_correct_share < 1]
    return _ranked(missed, units)[:most]


def quiz_questions(
    course_key: str, unit_key: str, units: Mapping[str, OutlineUnit]
) -> tuple[HardQuestion, ...]:
    """Return every question of one quiz, hardest first, those without figures last. Two queries."""
    return _ranked(questions.quiz_question_stats(course_key, unit_key), units)


def all_questions(
    course_key: str, units: Mapping[str, OutlineUnit], *, unit_key: str = ""
) -> tuple[HardQuestion, ...]:
    """Return every question of a course, or of one quiz, in the same way. Two queries."""
    return quiz_questions(course_key, unit_key, units) if unit_key else _ranked(_all_of(course_key), units)


def lesson_questions(
    course_key: str, unit_key: str, units: Mapping[str, OutlineUnit]
) -> tuple[HardQuestion, ...]:
    """Return every question that draws on one lesson in the same way. Two queries."""
    return _ranked([item for item in _all_of(course_key) if unit_key in item.lesson_keys], units)


def _all_of(course_key: str) -> list[QuestionReport]:
    return [item for figures in questions.course_question_stats(course_key).values() for item in figures]


def _ranked(found: Iterable[QuestionReport], units: Mapping[str, OutlineUnit]) -> tuple[HardQuestion, ...]:
    return tuple(_question(item, units) for item in sorted(found, key=_easiness))


def _easiness(item: QuestionReport) -> tuple[bool, float, str, str]:
    share = item.first_correct_share
    return share is None, share or 0.0, item.unit_key, item.question_key


def _question(item: QuestionReport, units: Mapping[str, OutlineUnit]) -> HardQuestion:
    unit = units.get(item.unit_key)
    return HardQuestion(
        unit_key=item.unit_key,
        unit_title=unit.title if unit else item.unit_key,
        item=item,
        wrong=tuple(option for option in item.options if option.wrong_count)[:WRONG_OPTIONS],
    )
