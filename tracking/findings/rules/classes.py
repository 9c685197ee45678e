"""What a whole class should go back to."""

from __future__ import annotations

from collections.abc import Iterator
from math import comb

from django.utils.translation import gettext_lazy

from tracking.conf import TrackingSettings
from tracking.definitions import shares
from tracking.findings.candidates import Candidate, confidence, heaviest_per_unit
from tracking.findings.facts import ClassFacts, QuestionLinkCounts
from tracking.findings.rules.rule import ClassRule, next_step_for_unit

ENOUGH_ANSWERS = 10
"""Answers to a lesson's questions needed before the lesson is called hard."""


def find_often_skipped(facts: ClassFacts, settings: TrackingSettings) -> Iterator[Candidate]:
    """Yield the units that many of those who should have finished them skipped."""
    for unit in facts.units:
        share, passed_by = shares.SKIPPED.of_group(unit, settings), shares.SKIPPED.whole_of(unit)
        if share is not None and share >= settings.OFTEN_SKIPPED_SHARE:
            yield Candidate(
                unit_key=unit.key,
                weight=0.4 + 0.4 * share,
                evidence={"skipped_count": unit.skipped_count, "passed_by_count": passed_by},
                confidence=confidence(passed_by),
                severity=share,
            )


def find_hard_quizzes(facts: ClassFacts, settings: TrackingSettings) -> Iterator[Candidate]:
    """Yield the quizzes that few pass on the first attempt."""
    for unit in facts.units:
        share, decided_count = shares.PASSED_FIRST.of_group(unit, settings), unit.first_decided_count
        if share is not None and share < settings.HARD_QUIZ_PASS_SHARE:
            yield Candidate(
                unit_key=unit.key,
                weight=0.5 + 0.4 * (1 - share),
                evidence={"first_passed_count": unit.first_passed_count, "attempted_count": decided_count},
                confidence=confidence(decided_count),
                severity=1 - share,
            )


def find_hard_lessons(facts: ClassFacts, settings: TrackingSettings) -> Iterator[Candidate]:
    """Yield the lessons about which most first answers are wrong."""
    for unit in facts.units:
        share = shares.FIRST_ANSWERS_RIGHT.of_group(unit, settings)
        if share is None or unit.answered_count < ENOUGH_ANSWERS:
            continue
        if share < settings.HARD_QUIZ_PASS_SHARE:
            yield Candidate(
                unit_key=unit.key,
                weight=0.55 + 0.4 * (1 - share),
                evidence={"correct_count": unit.correct_count, "answered_count": unit.answered_count},
                confidence=confidence(unit.answered_count),
                severity=1 - share,
            )


def find_not_covered_links(facts: ClassFacts, settings: TrackingSettings) -> Iterator[Candidate]:
    """Yield the lessons that learners who missed a question about them had far more often not covered.

    Only where both sides are large enough to be shown, and chance alone would hardly part them so (Fisher's exact test,
    one-sided). It is what goes together; what is the cause of what, the counts cannot say.
    """
    candidates = (_link(each, settings) for each in facts.links)
    yield from heaviest_per_unit(area for area in candidates if area is not None)


def fisher_p_value(link: QuestionLinkCounts) -> float:
    """Return how likely chance alone parts the two sides at least as far: Fisher's exact test, one-sided."""
    both = link.missed_count + link.right_count
    passed_over = link.missed_not_covered_count + link.right_not_covered_count
    most = min(link.missed_count, passed_over)
    ways = sum(
        comb(passed_over, number) * comb(both - passed_over, link.missed_count - number)
        for number in range(link.missed_not_covered_count, most + 1)
    )
    return ways / comb(both, link.missed_count)


def _link(link: QuestionLinkCounts, settings: TrackingSettings) -> Candidate | None:
    share, other = (
        shares.MISSED_NOT_COVERED.of_group(link, settings),
        shares.RIGHT_NOT_COVERED.of_group(link, settings),
    )
    if share is None or other is None:
        return None
    if share - other < settings.LINK_MIN_DIFFERENCE or fisher_p_value(link) >= settings.LINK_MAX_P_VALUE:
        return None
    return Candidate(
        unit_key=link.lesson_key,
        weight=0.5 + 0.4 * (share - other),
        evidence={
            "quiz_key": link.quiz_key,
            "question_keys": [link.question_key],
            "missed_count": link.missed_count,
            "missed_not_covered_count": link.missed_not_covered_count,
            "right_count": link.right_count,
            "right_not_covered_count": link.right_not_covered_count,
        },
        confidence=1 - fisher_p_value(link),
        severity=share - other,
    )


OFTEN_SKIPPED = ClassRule(
    reason="often_skipped",
    label=gettext_lazy("a lesson many learners skipped"),
    thresholds=("OFTEN_SKIPPED_SHARE", "MIN_GROUP_SIZE"),
    find=find_often_skipped,
    to_instructor=gettext_lazy(
        "%(skipped_count)s of the %(passed_by_count)s learners who should have finished "
        "it by now skipped it (%(share)s)."
    ),
    next_step=next_step_for_unit,
)

HARD_QUIZ = ClassRule(
    reason="hard_quiz",
    label=gettext_lazy("a quiz few pass on the first attempt"),
    thresholds=("HARD_QUIZ_PASS_SHARE", "MIN_GROUP_SIZE"),
    find=find_hard_quizzes,
    to_instructor=gettext_lazy(
        "%(first_passed_count)s of %(attempted_count)s learners passed on the first attempt (%(share)s)."
    ),
    next_step=next_step_for_unit,
)

HARD_LESSON = ClassRule(
    reason="hard_lesson",
    label=gettext_lazy("a lesson whose questions many miss"),
    thresholds=("HARD_QUIZ_PASS_SHARE",),
    find=find_hard_lessons,
    to_instructor=gettext_lazy(
        "%(correct_count)s of %(answered_count)s first answers to questions about it were right (%(share)s)."
    ),
    next_step=next_step_for_unit,
)

NOT_COVERED_LINK = ClassRule(
    reason="not_covered_link",
    label=gettext_lazy("a lesson often not covered by those who missed its questions"),
    thresholds=("LINK_MIN_DIFFERENCE", "LINK_MAX_P_VALUE", "MIN_GROUP_SIZE"),
    find=find_not_covered_links,
    to_instructor=gettext_lazy(
        "%(missed_share)s of the %(missed_count)s learners who missed a question about "
        "it in “%(quiz)s” had not covered it, compared with %(right_share)s of the "
        "%(right_count)s who got it right. This is a correlation, not proof of a cause."
    ),
    next_step=next_step_for_unit,
)

RULES = (OFTEN_SKIPPED, HARD_QUIZ, HARD_LESSON, NOT_COVERED_LINK)
