"""Lessons on which the questions missed in a quiz not passed draw, apart by what was done with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext_lazy

from tracking.conf import TrackingSettings
from tracking.definitions import times
from tracking.definitions.states import NOT_COVERED
from tracking.events import UnitKind
from tracking.findings.candidates import Candidate, confidence
from tracking.findings.facts import AttemptedQuiz, LearnerFacts, UnitFactsOfLearner
from tracking.findings.rules.rule import LearnerRule, Words, next_step_for_unit
from tracking.models import UnitState

MISSED = ngettext_lazy(
    "In “%(quiz)s”, you missed %(missed_count)s question about this lesson.",
    "In “%(quiz)s”, you missed %(missed_count)s questions about this lesson.",
    "missed_count",
)

NOT_COVERED_TO_INSTRUCTOR = ngettext_lazy(
    "Missed the only question about “%(unit)s” in “%(quiz)s”. State of the lesson: %(state_label)s.",
    "Missed %(missed_count)s of %(asked_count)s questions about “%(unit)s” in "
    "“%(quiz)s”. State of the lesson: %(state_label)s.",
    "asked_count",
)

COVERED_TO_INSTRUCTOR = ngettext_lazy(
    "Missed the only question about “%(unit)s” in “%(quiz)s”, although the lesson was not skipped.",
    "Missed %(missed_count)s of %(asked_count)s questions about “%(unit)s” in "
    "“%(quiz)s”, although the lesson was not skipped.",
    "asked_count",
)

MISSED_SENTENCE = ngettext_lazy(
    "Missed the only question about “%(unit)s” in “%(quiz)s”.",
    "Missed %(missed_count)s of %(asked_count)s questions about “%(unit)s” in “%(quiz)s”.",
    "asked_count",
)

SKIMMED_SENTENCE = gettext_lazy("Spent %(read)s on it; %(expected)s expected.")

HASTE_IN_CLASS_TO_INSTRUCTOR = gettext_lazy("Spent %(read)s on it; %(expected)s is typical for this class.")

STATE_SENTENCES: Mapping[str, Promise] = {
    UnitState.SKIMMED: gettext_lazy("You went through it quickly."),
    UnitState.BOUNCED: gettext_lazy("You opened it only briefly."),
    UnitState.SKIPPED: gettext_lazy("You have not read it yet."),
    UnitState.NOT_REACHED: gettext_lazy("You have not read it yet."),
}


def find_missed_not_covered(
    learner: LearnerFacts, settings: TrackingSettings, *, now: datetime
) -> Iterator[Candidate]:
    """Yield the lessons that questions were missed about and that were not covered."""
    for lesson, evidence in _missed(learner):
        if _is_uncovered(lesson, learner):
            facts_of_miss = {**evidence, **_haste(lesson, settings)}
            yield _candidate(lesson, facts_of_miss, weight=0.85 + 0.1 * _share(evidence))


def find_missed_long_times(
    learner: LearnerFacts, settings: TrackingSettings, *, now: datetime
) -> Iterator[Candidate]:
    """Yield the lessons that questions were missed about although they took far longer than they should."""
    for lesson, evidence in _missed_though_covered(learner):
        if took_far_longer(lesson, settings):
            times = {"active_ms": lesson.active_ms, "p90_ms": lesson.class_p90_ms}
            yield _candidate(lesson, {**evidence, **times}, weight=0.7 + 0.1 * _share(evidence))


def find_missed_questions(
    learner: LearnerFacts, settings: TrackingSettings, *, now: datetime
) -> Iterator[Candidate]:
    """Yield the other lessons that questions were missed about."""
    for lesson, evidence in _missed_though_covered(learner):
        if not took_far_longer(lesson, settings):
            yield _candidate(lesson, evidence, weight=0.55 + 0.1 * _share(evidence))


def took_far_longer(lesson: UnitFactsOfLearner, settings: TrackingSettings) -> bool:
    """Return whether the learner spent far more time on ``lesson`` than the class, or than it should take."""
    if lesson.class_p90_ms is not None and lesson.class_timed_count >= settings.MIN_CLASS_SIZE:
        return lesson.active_ms > lesson.class_p90_ms
    expected = lesson.expected_seconds or settings.DEFAULT_EXPECTED_SECONDS
    return bool(expected) and lesson.active_ms > settings.LONG_TIME_FACTOR * expected * 1000


def _missed(learner: LearnerFacts) -> Iterator[tuple[UnitFactsOfLearner, dict[str, Any]]]:
    lessons = {unit.key: unit for unit in learner.open_units() if unit.kind is not UnitKind.QUIZ}
    for quiz in learner.open_units():
        if quiz.attempted is None or quiz.state is UnitState.COMPLETED:
            continue
        missed = Counter(key for keys in quiz.attempted.missed_lesson_keys for key in keys)
        for key in sorted(missed.keys() & lessons.keys()):
            yield lessons[key], _evidence(lessons[key], quiz, quiz.attempted)


def _missed_though_covered(learner: LearnerFacts) -> Iterator[tuple[UnitFactsOfLearner, dict[str, Any]]]:
    for lesson, evidence in _missed(learner):
        # One miss in many is no pattern.
        is_pattern = evidence["missed_count"] >= 2 or _share(evidence) > 0.5
        if is_pattern and not _is_uncovered(lesson, learner):
            yield lesson, evidence


def _is_uncovered(lesson: UnitFactsOfLearner, learner: LearnerFacts) -> bool:
    # Of a learner who shares no page views it is not known whether the lesson was read.
    return lesson.state in NOT_COVERED and learner.shares_engagement


def _share(evidence: Mapping[str, Any]) -> float:
    return float(evidence["missed_count"] / evidence["asked_count"])


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


def _haste(lesson: UnitFactsOfLearner, settings: TrackingSettings) -> dict[str, Any]:
    expected = lesson.expected_seconds or lesson.class_median_seconds or settings.DEFAULT_EXPECTED_SECONDS
    if lesson.state is not UnitState.SKIMMED or not expected:
        return {}
    return {
        "read_seconds": times.whole_seconds(lesson.spent_ms),
        "expected_seconds": expected,
        "is_learned": not lesson.expected_seconds and lesson.class_median_seconds is not None,
    }


def _candidate(lesson: UnitFactsOfLearner, evidence: dict[str, Any], *, weight: float) -> Candidate:
    return Candidate(
        unit_key=lesson.key,
        weight=weight,
        evidence=evidence,
        confidence=confidence(evidence["asked_count"]),
        severity=float(evidence["missed_count"]),
    )


def _not_covered_to_learner(words: Words) -> str:
    return f"{MISSED % words} {STATE_SENTENCES[words['state']]}"


def _not_covered_to_instructor(words: Words) -> str:
    sentence = str(NOT_COVERED_TO_INSTRUCTOR % words)
    if "read" in words:
        haste = HASTE_IN_CLASS_TO_INSTRUCTOR if words["is_learned"] else SKIMMED_SENTENCE
        sentence += f" {haste % words}"
    return sentence


def _questions_to_instructor(words: Words) -> str:
    # Of a learner who shares no page views it is not known whether the lesson was read.
    template = MISSED_SENTENCE if words["state"] in STATE_SENTENCES else COVERED_TO_INSTRUCTOR
    return str(template % words)


MISSED_NOT_COVERED = LearnerRule(
    reason="missed_not_covered",
    label=gettext_lazy("missed questions about a lesson not covered"),
    thresholds=("DEFAULT_EXPECTED_SECONDS",),
    find=find_missed_not_covered,
    label_to_learner=gettext_lazy("A lesson to read first"),
    to_learner=_not_covered_to_learner,
    to_instructor=_not_covered_to_instructor,
    next_step=next_step_for_unit,
    cites_page_views=True,
)

MISSED_LONG_TIME = LearnerRule(
    reason="missed_long_time",
    label=gettext_lazy("missed questions despite much time on the lesson"),
    thresholds=("LONG_TIME_FACTOR", "MIN_CLASS_SIZE", "DEFAULT_EXPECTED_SECONDS"),
    find=find_missed_long_times,
    label_to_learner=gettext_lazy("A lesson that needs a different approach"),
    to_learner=ngettext_lazy(
        "In “%(quiz)s”, you missed %(missed_count)s question about this lesson, and you "
        "have already spent a lot of time on it. A different approach may help: ask "
        "someone, or start with the part that made sense.",
        "In “%(quiz)s”, you missed %(missed_count)s questions about this lesson, and you "
        "have already spent a lot of time on it. A different approach may help: ask "
        "someone, or start with the part that made sense.",
        "missed_count",
    ),
    to_instructor=ngettext_lazy(
        "Missed the only question about “%(unit)s” in “%(quiz)s” after spending "
        "%(minutes)s minutes on the lesson.",
        "Missed %(missed_count)s of %(asked_count)s questions about “%(unit)s” in "
        "“%(quiz)s” after spending %(minutes)s minutes on the lesson.",
        "asked_count",
    ),
    next_step=next_step_for_unit,
    cites_page_views=True,
)

MISSED_QUESTIONS = LearnerRule(
    reason="missed_questions",
    label=gettext_lazy("missed questions about a lesson"),
    thresholds=("LONG_TIME_FACTOR", "MIN_CLASS_SIZE", "DEFAULT_EXPECTED_SECONDS"),
    find=find_missed_questions,
    label_to_learner=gettext_lazy("A lesson to review"),
    to_learner=MISSED,
    to_instructor=_questions_to_instructor,
    next_step=next_step_for_unit,
    cites_page_views=True,
)

RULES = (MISSED_NOT_COVERED, MISSED_LONG_TIME, MISSED_QUESTIONS)
