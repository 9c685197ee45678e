"""Links between the questions that a class missed and the lessons that it had not covered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tracking.definitions import shares
from tracking.findings import question_links
from tracking.findings.facts import QuestionLinkCounts
from tracking.findings.rules import classes
from tracking.models import OutlineUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCoveredLink:
    """How often learners who missed a question had not covered its lesson, compared with those who got it right.

    A correlation over the first attempts of a class, not proof of a cause.
    """

    quiz_key: str
    quiz_title: str
    question_key: str
    lesson_key: str
    lesson_title: str
    missed_count: int
    missed_not_covered_share: float
    """Of those who missed the question: who had not covered the lesson."""
    right_count: int
    right_not_covered_share: float
    """The same of those who did not miss it."""
    p_value: float
    """How likely chance alone parts the two sides at least as far (Fisher's exact test, one-sided)."""


def unit_links(
    course_key: str, unit_key: str, outline: Mapping[str, OutlineUnit]
) -> tuple[NotCoveredLink, ...]:
    """Return the links of one lesson or quiz, those that part the two sides furthest first. One query.

    Both sides must be at least as large as the smallest group that is shown.
    """
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


def _link(link: QuestionLinkCounts, outline: Mapping[str, OutlineUnit]) -> NotCoveredLink | None:
    missed, right = shares.MISSED_NOT_COVERED.of_group(link), shares.RIGHT_NOT_COVERED.of_group(link)
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
