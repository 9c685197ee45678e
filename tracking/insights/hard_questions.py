"""The questions that a class finds hardest, from the figures of all of them, with the wrong options that draw it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tracking import conf
from tracking.insights import items
from tracking.insights.items import ItemFigures, Option
from tracking.models import Answer, LearnerCourse, OutlineUnit

WRONG_OPTIONS = 3
"""Named at a question."""

FURTHEST = 30
"""Learners whose answers tell which questions draw on a lesson."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HardQuestion:
    """One question with the title of its quiz."""

    unit_key: str
    unit_title: str
    item: ItemFigures
    wrong: tuple[Option, ...]
    """The options chosen most in wrong first answers, each by as many as may be shown."""

    @property
    def is_suspect(self) -> bool:
        """Whether those who do well elsewhere get it wrong more often than the rest: the key may be wrong."""
        return self.item.discrimination is not None and self.item.discrimination < 0


def of_course(course_key: str, units: Mapping[str, OutlineUnit], *, most: int) -> tuple[HardQuestion, ...]:
    """Return the hardest questions of a course, hardest first; none that everybody got right at once. Two queries."""
    found = [item for figures in items.of_course(course_key).values() for item in figures]
    return _hardest(found, units, most=most)


def of_unit(
    course_key: str, unit_key: str, units: Mapping[str, OutlineUnit], *, most: int
) -> tuple[HardQuestion, ...]:
    """Return the hardest questions of one quiz in the same way. Two queries."""
    return _hardest(items.of_unit(course_key, unit_key), units, most=most)


def find_all(
    course_key: str, units: Mapping[str, OutlineUnit], *, unit_key: str = ""
) -> tuple[HardQuestion, ...]:
    """Return every question of a course, or of one quiz, hardest first, those about too few last. Two queries."""
    by_unit = {unit_key: items.of_unit(course_key, unit_key)} if unit_key else items.of_course(course_key)
    found = [item for figures in by_unit.values() for item in figures]
    return tuple(_question(item, units) for item in sorted(found, key=_rank))


def of_lesson(
    course_key: str, unit_key: str, units: Mapping[str, OutlineUnit], *, most: int
) -> tuple[HardQuestion, ...]:
    """Return the hardest questions that draw on one lesson in the same way. Three queries, or one where none does.

    Which do is read from the answers of the thirty learners who have completed most: a question that none of those was
    asked is missing.
    """
    drawn = _drawing_on(course_key, unit_key)
    if not drawn:
        return ()
    found = [item for figures in items.of_course(course_key).values() for item in figures]
    return _hardest([item for item in found if (item.unit_key, item.question_key) in drawn], units, most=most)


def _drawing_on(course_key: str, unit_key: str) -> set[tuple[str, str]]:
    # The lessons of a question stand in each answer to it, and a large course has millions of answers.
    furthest = LearnerCourse.objects.filter(course_key=course_key).order_by("-completed_count", "learner_id")
    answers = Answer.objects.filter(
        attempt__course_key=course_key, attempt__learner_id__in=furthest.values("learner_id")[:FURTHEST]
    )
    return {
        (quiz_key, question_key)
        for quiz_key, question_key, lesson_keys in answers.values_list(
            "attempt__unit_key", "question_key", "lesson_keys"
        )
        if unit_key in lesson_keys
    }


def _hardest(
    found: Iterable[ItemFigures], units: Mapping[str, OutlineUnit], *, most: int
) -> tuple[HardQuestion, ...]:
    missed = [item for item in found if item.first_correct_share is not None and item.first_correct_share < 1]
    return tuple(_question(item, units) for item in sorted(missed, key=_rank)[:most])


def _rank(item: ItemFigures) -> tuple[bool, float, str, str]:
    share = item.first_correct_share
    return share is None, share or 0.0, item.unit_key, item.question_key


def _question(item: ItemFigures, units: Mapping[str, OutlineUnit]) -> HardQuestion:
    unit = units.get(item.unit_key)
    fewest = conf.get_settings().GROUP_MINIMUM
    return HardQuestion(
        unit_key=item.unit_key,
        unit_title=unit.title if unit else item.unit_key,
        item=item,
        wrong=tuple(option for option in item.options if option.wrong_count >= fewest)[:WRONG_OPTIONS],
    )
