"""What a whole class should go back to."""

from __future__ import annotations

from collections.abc import Iterator
from math import comb

from tracking.conf import TrackingSettings
from tracking.findings.candidates import Candidate, confidence, heaviest_per_unit
from tracking.findings.facts import ClassFacts, ClassUnitFacts, QuestionLinkCounts
from tracking.models import Reason

ENOUGH_ANSWERS = 10
"""Answers to a lesson's questions needed before the lesson is called hard."""


def find_hard_and_often_skipped(unit: ClassUnitFacts, rules: TrackingSettings) -> Iterator[Candidate]:
    """Yield what is to be said of one lesson or quiz over the class."""
    yield from _skipped_by_many(unit, rules)
    if unit.attempted_count >= rules.MIN_GROUP_SIZE:
        share = unit.first_passed_count / unit.attempted_count
        if share < rules.HARD_QUIZ_PASS_SHARE:
            yield Candidate(
                unit_key=unit.key,
                reason=Reason.HARD_QUIZ,
                weight=0.5 + 0.4 * (1 - share),
                evidence={
                    "first_passed_count": unit.first_passed_count,
                    "attempted_count": unit.attempted_count,
                },
                confidence=confidence(unit.attempted_count),
                severity=1 - share,
            )
    if unit.answered_count >= ENOUGH_ANSWERS:
        share = unit.correct_count / unit.answered_count
        if share < rules.HARD_QUIZ_PASS_SHARE:
            yield Candidate(
                unit_key=unit.key,
                reason=Reason.HARD_LESSON,
                weight=0.55 + 0.4 * (1 - share),
                evidence={"correct_count": unit.correct_count, "answered_count": unit.answered_count},
                confidence=confidence(unit.answered_count),
                severity=1 - share,
            )


def find_not_covered_links(situation: ClassFacts, rules: TrackingSettings) -> Iterator[Candidate]:
    """Yield the lessons that were passed over far more often by those who missed a question on them.

    Only where both sides are large enough to be shown, and chance alone would hardly part them so (Fisher's exact test,
    one-sided). It is what goes together; what is the cause of what, the counts cannot say.
    """
    candidates = (_link(each, rules) for each in situation.links)
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


def _skipped_by_many(unit: ClassUnitFacts, rules: TrackingSettings) -> Iterator[Candidate]:
    passed_by = unit.reached_count + unit.skipped_count
    if passed_by < rules.MIN_GROUP_SIZE:
        return
    share = unit.skipped_count / passed_by
    if share >= rules.OFTEN_SKIPPED_SHARE:
        yield Candidate(
            unit_key=unit.key,
            reason=Reason.OFTEN_SKIPPED,
            weight=0.4 + 0.4 * share,
            evidence={"skipped_count": unit.skipped_count, "passed_by_count": passed_by},
            confidence=confidence(passed_by),
            severity=share,
        )


def _link(link: QuestionLinkCounts, rules: TrackingSettings) -> Candidate | None:
    if min(link.missed_count, link.right_count) < rules.MIN_GROUP_SIZE:
        return None
    share = link.missed_not_covered_count / link.missed_count
    other = link.right_not_covered_count / link.right_count
    if share - other < rules.LINK_MIN_DIFFERENCE or fisher_p_value(link) >= rules.LINK_MAX_P_VALUE:
        return None
    return Candidate(
        unit_key=link.lesson_key,
        reason=Reason.NOT_COVERED_LINK,
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
