"""Quizzes that are not passed, apart by whether trying again has been of use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy, ngettext_lazy

from tracking.conf import TrackingSettings
from tracking.findings.candidates import MAX_CITED, Candidate, confidence
from tracking.findings.facts import AttemptedQuiz, LearnerFacts
from tracking.findings.rules.rule import LearnerRule, next_step_for_unit
from tracking.models import UnitState


def find_repeated_failures(
    learner: LearnerFacts, settings: TrackingSettings, *, now: datetime
) -> Iterator[Candidate]:
    """Yield the quizzes that were failed again and again, or twice without a gain."""
    for unit_key, tried in _failed(learner):
        if _is_repeated(tried, settings):
            yield _candidate(unit_key, tried, weight=0.75)


def find_not_passed(
    learner: LearnerFacts, settings: TrackingSettings, *, now: datetime
) -> Iterator[Candidate]:
    """Yield the quizzes that are not passed, where another attempt may well do."""
    for unit_key, tried in _failed(learner):
        if not _is_repeated(tried, settings):
            yield _candidate(unit_key, tried, weight=0.5)


def _failed(learner: LearnerFacts) -> Iterator[tuple[str, AttemptedQuiz]]:
    for unit in learner.open_units():
        if unit.state is UnitState.FAILED and unit.attempted is not None:
            yield unit.key, unit.attempted


def _is_repeated(tried: AttemptedQuiz, settings: TrackingSettings) -> bool:
    # Up to the last of them, not to now: what was failed again and again is not failed less because time goes by.
    last = max(tried.failed_at, default=None)
    window = timedelta(days=settings.FAILED_ATTEMPTS_DAYS)
    if last is not None and sum(at >= last - window for at in tried.failed_at) >= settings.FAILED_ATTEMPTS:
        return True
    return len(tried.shares) >= 2 and tried.shares[-1] <= tried.shares[-2]


def _candidate(unit_key: str, tried: AttemptedQuiz, *, weight: float) -> Candidate:
    count = len(tried.failed_at)
    return Candidate(
        unit_key=unit_key,
        weight=weight,
        evidence={
            "attempt_count": count,
            "best_share": max(tried.shares, default=None),
            "attempt_ids": list(tried.attempt_ids[-MAX_CITED:]),
        },
        confidence=confidence(count),
        severity=count,
    )


REPEATED_FAILURE = LearnerRule(
    reason="repeated_failure",
    label=gettext_lazy("a quiz failed repeatedly"),
    thresholds=("FAILED_ATTEMPTS", "FAILED_ATTEMPTS_DAYS"),
    find=find_repeated_failures,
    label_to_learner=gettext_lazy("A quiz that needs a different approach"),
    to_learner=ngettext_lazy(
        "You have attempted this %(attempt_count)s time. Reviewing the lessons it covers "
        "may help more than another attempt.",
        "You have attempted this %(attempt_count)s times. Reviewing the lessons it "
        "covers may help more than another attempt.",
        "attempt_count",
    ),
    to_instructor=ngettext_lazy(
        "“%(unit)s”: %(attempt_count)s failed attempt, best result %(best)s.",
        "“%(unit)s”: %(attempt_count)s failed attempts, best result %(best)s.",
        "attempt_count",
    ),
    next_step=next_step_for_unit,
)

NOT_PASSED = LearnerRule(
    reason="not_passed",
    label=gettext_lazy("a quiz not passed yet"),
    find=find_not_passed,
    label_to_learner=gettext_lazy("A quiz to try again"),
    to_learner=gettext_lazy("You have not passed this one yet. Your best result so far is %(best)s."),
    to_instructor=gettext_lazy("“%(unit)s”: not passed yet, best result %(best)s."),
    next_step=next_step_for_unit,
)

RULES = (REPEATED_FAILURE, NOT_PASSED)
