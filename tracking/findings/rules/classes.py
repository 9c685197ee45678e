"""What a whole class should go back to."""

from __future__ import annotations

from collections.abc import Iterator
from math import comb

from tracking.conf import TrackingSettings
from tracking.definitions import shares
from tracking.findings.candidates import Candidate, confidence, heaviest_per_unit
from tracking.findings.facts import ClassFacts, ClassUnitFacts, QuestionLinkCounts
from tracking.models import Reason

ENOUGH_ANSWERS = 10
"""Answers to a lesson's questions needed before the lesson is called hard."""


def find_hard_and_often_skipped(unit: ClassUnitFacts, rules: TrackingSettings) -> Iterator[Candidate]:
    """Yield what is to be said of one lesson or quiz over the class."""
    yield from _skipped_by_many(unit, rules)
    passed = shares.PASSED_FIRST.of(unit, rules)
    if passed is not None and passed < rules.HARD_QUIZ_PASS_SHARE:
        decided_count = unit.first_decided_count
        yield Candidate(
            unit_key=unit.key,
            reason=Reason.HARD_QUIZ,
            weight=0.5 + 0.4 * (1 - passed),
            evidence={"first_passed_count": unit.first_passed_count, "attempted_count": decided_count},
            confidence=confidence(decided_count),
            severity=1 - passed,
        )
    right = shares.FIRST_ANSWERS_RIGHT.of(unit, rules)
    if right is not None and right < rules.HARD_QUIZ_PASS_SHARE and unit.answered_count >= ENOUGH_ANSWERS:
        yield Candidate(
            unit_key=unit.key,
            reason=Reason.HARD_LESSON,
            weight=0.55 + 0.4 * (1 - right),
            evidence={"correct_count": unit.correct_count, "answered_count": unit.answered_count},
            confidence=confidence(unit.answered_count),
            severity=1 - right,
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
    share, passed_by = shares.SKIPPED.of(unit, rules), shares.SKIPPED.whole_of(unit)
    if share is not None and share >= rules.OFTEN_SKIPPED_SHARE:
        yield Candidate(
            unit_key=unit.key,
            reason=Reason.OFTEN_SKIPPED,
            weight=0.4 + 0.4 * share,
            evidence={"skipped_count": unit.skipped_count, "passed_by_count": passed_by},
            confidence=confidence(passed_by),
            severity=share,
        )


def _link(link: QuestionLinkCounts, rules: TrackingSettings) -> Candidate | None:
    share, other = shares.MISSED_NOT_COVERED.of(link, rules), shares.RIGHT_NOT_COVERED.of(link, rules)
    if share is None or other is None:
        return None
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
