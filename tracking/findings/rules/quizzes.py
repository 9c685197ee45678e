"""Quizzes that were failed, and what was missed in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from tracking.conf import TrackingSettings
from tracking.definitions import times
from tracking.definitions.states import NOT_COVERED
from tracking.events import UnitKind
from tracking.findings.candidates import MAX_CITED, Candidate, confidence
from tracking.findings.facts import AttemptedQuiz, LearnerFacts, UnitFactsOfLearner
from tracking.models import Reason, UnitState


def find_failures(learner: LearnerFacts, rules: TrackingSettings) -> Iterator[Candidate]:
    """Yield the quizzes that are not passed, apart by whether trying again has been of use."""
    for unit in learner.open_units():
        if unit.state is not UnitState.FAILED or unit.attempted is None:
            continue
        count = len(unit.attempted.failed_at)
        is_repeated = _is_repeated(unit.attempted, rules)
        yield Candidate(
            unit_key=unit.key,
            reason=Reason.REPEATED_FAILURE if is_repeated else Reason.NOT_PASSED,
            weight=0.75 if is_repeated else 0.5,
            evidence={
                "attempt_count": count,
                "best_share": max(unit.attempted.shares, default=None),
                "attempt_ids": list(unit.attempted.attempt_ids[-MAX_CITED:]),
            },
            confidence=confidence(count),
            severity=count,
        )


def find_missed_questions(learner: LearnerFacts, rules: TrackingSettings) -> Iterator[Candidate]:
    """Yield the lessons on which the questions missed in a quiz not passed draw, apart by what was done with them."""
    lessons = {unit.key: unit for unit in learner.open_units() if unit.kind is not UnitKind.QUIZ}
    for quiz in learner.open_units():
        if quiz.attempted is None or quiz.state is UnitState.COMPLETED:
            continue
        missed = Counter(key for keys in quiz.attempted.missed_lesson_keys for key in keys)
        for key in sorted(missed.keys() & lessons.keys()):
            yield from _missed(lessons[key], _evidence(lessons[key], quiz, quiz.attempted), learner, rules)


def took_far_longer(lesson: UnitFactsOfLearner, rules: TrackingSettings) -> bool:
    """Return whether the learner spent far more time on ``lesson`` than the class, or than it should take."""
    if lesson.class_p90_ms is not None and lesson.class_timed_count >= rules.MIN_CLASS_SIZE:
        return lesson.active_ms > lesson.class_p90_ms
    expected = lesson.expected_seconds or rules.DEFAULT_EXPECTED_SECONDS
    return bool(expected) and lesson.active_ms > rules.LONG_TIME_FACTOR * expected * 1000


def _is_repeated(tried: AttemptedQuiz, rules: TrackingSettings) -> bool:
    # Up to the last of them, not to now: what was failed again and again is not failed less because time goes by.
    last = max(tried.failed_at, default=None)
    window = timedelta(days=rules.FAILED_ATTEMPTS_DAYS)
    if last is not None and sum(at >= last - window for at in tried.failed_at) >= rules.FAILED_ATTEMPTS:
        return True
    return len(tried.shares) >= 2 and tried.shares[-1] <= tried.shares[-2]


def _evidence(lesson: UnitFactsOfLearner, quiz: UnitFactsOfLearner, tried: AttemptedQuiz) -> dict[str, Any]:
    about = [lesson.key in keys for keys in tried.missed_lesson_keys]
    return {
        "quiz_key": quiz.key,
        "missed_count": sum(about),
        "asked_count": sum(lesson.key in keys for keys in tried.asked_lesson_keys),
        "state": str(lesson.state),
        "attempt_ids": list(tried.attempt_ids[-1:]),
        "question_keys": [
            key for key, is_about in zip(tried.missed_question_keys, about, strict=False) if is_about
        ],
    }


def _haste(lesson: UnitFactsOfLearner, rules: TrackingSettings) -> dict[str, Any]:
    expected = lesson.expected_seconds or lesson.class_median_seconds or rules.DEFAULT_EXPECTED_SECONDS
    if lesson.state is not UnitState.SKIMMED or not expected:
        return {}
    return {
        "read_seconds": times.whole_seconds(lesson.active_ms),
        "expected_seconds": expected,
        "is_learned": not lesson.expected_seconds and lesson.class_median_seconds is not None,
    }


def _missed(
    lesson: UnitFactsOfLearner, evidence: dict[str, Any], learner: LearnerFacts, rules: TrackingSettings
) -> Iterator[Candidate]:
    missed_count, asked_count = evidence["missed_count"], evidence["asked_count"]
    share = missed_count / asked_count
    known: dict[str, Any] = {
        "unit_key": lesson.key,
        "confidence": confidence(asked_count),
        "severity": float(missed_count),
    }
    if lesson.state in NOT_COVERED and learner.shares_engagement:
        weight = 0.85 + 0.1 * share
        yield Candidate(
            reason=Reason.MISSED_NOT_COVERED,
            weight=weight,
            evidence={**evidence, **_haste(lesson, rules)},
            **known,
        )
    elif missed_count < 2 and share <= 0.5:
        return
    elif took_far_longer(lesson, rules):
        times = {"active_ms": lesson.active_ms, "p90_ms": lesson.class_p90_ms}
        yield Candidate(
            reason=Reason.MISSED_LONG_TIME, weight=0.7 + 0.1 * share, evidence={**evidence, **times}, **known
        )
    else:
        yield Candidate(reason=Reason.MISSED_QUESTIONS, weight=0.55 + 0.1 * share, evidence=evidence, **known)
