"""Features of each learner on one day of a course, from which the risk is calculated.

Pure functions of plain values. Only what happened before the day counts. The same functions serve the pages, the
training and ``benchmarks.at_risk``.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

RECENT_DAYS = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizWeight:
    """One quiz of the course: when it is due, in days from the start, and how much it counts."""

    due_day: float | None
    points: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizResult:
    """A learner's result in one quiz: the best share of its points, and the day of the first submission.

    ``share`` is ``None`` until an attempt is graded.
    """

    share: float | None
    day: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerToDate:
    """One learner up to a day. Days count from the start of the course and may be negative.

    ``active_days`` and ``click_count`` are ``None`` for learners who do not share their activity. What was due before
    ``joined_day`` was never due for this learner.
    """

    learner: Any
    active_days: Sequence[int] | None
    click_count: int | None
    submitted: Mapping[str, QuizResult] = field(default_factory=dict)
    joined_day: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskFeatures:
    """The inputs of the risk of one learner. Shares and ranks are from 0 to 1; ``None`` is unknown.

    A rank is a percentile rank: the share of the class with a lower value, plus half of the share with the same value.
    """

    learner: Any
    day: int
    enrolled_days: float
    """Days since the start of the course, or since the learner joined if that was later."""
    lost_share: float | None
    """The share of points not gained, of all quizzes due so far or submitted early."""
    low_share: float | None
    """The share of points not gained, of submitted quizzes only."""
    away_days: int | None
    """Days since the last active day; since the start, or since joining, if there is none."""
    recent_rank: float | None
    """By active days in the last ``RECENT_DAYS``."""
    active_rank: float | None
    """By active days so far."""
    click_rank: float | None
    """By page views and accesses so far."""
    lead_rank: float | None
    """By how long before the due date quizzes were submitted, on average."""


def class_risk_features(
    learners: Sequence[LearnerToDate], quizzes: Mapping[str, QuizWeight], *, day: int, class_minimum: int
) -> list[RiskFeatures]:
    """Return the features of each learner on ``day``.

    Ranks are ``None`` if they are known of fewer than ``class_minimum`` learners.
    """
    recent = _ranks([_active(each, since=day - RECENT_DAYS) for each in learners], class_minimum)
    active = _ranks([_active(each) for each in learners], class_minimum)
    clicks = _ranks([each.click_count for each in learners], class_minimum)
    leads = _ranks([_lead(each, quizzes) for each in learners], class_minimum)
    return [
        RiskFeatures(
            learner=each.learner,
            day=day,
            enrolled_days=day - max(each.joined_day or 0.0, 0.0),
            lost_share=_lost(each, quizzes, day),
            low_share=_low(each, quizzes),
            away_days=_away(each, day),
            recent_rank=recent[index],
            active_rank=active[index],
            click_rank=clicks[index],
            lead_rank=leads[index],
        )
        for index, each in enumerate(learners)
    ]


def _ranks(values: Sequence[float | None], class_minimum: int) -> list[float | None]:
    known = sorted(value for value in values if value is not None)
    if len(known) < class_minimum:
        return [None] * len(values)
    return [
        None if value is None else (bisect_left(known, value) + bisect_right(known, value)) / 2 / len(known)
        for value in values
    ]


def _active(each: LearnerToDate, since: int | None = None) -> int | None:
    if each.active_days is None:
        return None
    return sum(since is None or day >= since for day in each.active_days)


def _away(each: LearnerToDate, day: int) -> int | None:
    if each.active_days is None:
        return None
    return day - max(each.active_days, default=max(math.floor(each.joined_day or 0), 0))


def _lost(each: LearnerToDate, quizzes: Mapping[str, QuizWeight], day: int) -> float | None:
    shares: list[tuple[float, float]] = []
    for key, quiz in quizzes.items():
        result = each.submitted.get(key)
        if result is not None:
            # A submitted but ungraded quiz is left out: as 0 it would raise the risk of learners who did their part.
            shares += [(quiz.points, result.share)] if result.share is not None else []
        elif _is_due(quiz, each, day):
            shares.append((quiz.points, 0.0))
    return _not_gained(shares)


def _low(each: LearnerToDate, quizzes: Mapping[str, QuizWeight]) -> float | None:
    return _not_gained(
        (quizzes[key].points, result.share)
        for key, result in each.submitted.items()
        if key in quizzes and result.share is not None
    )


def _not_gained(shares: Iterable[tuple[float, float]]) -> float | None:
    graded = list(shares)
    points = sum(each for each, _ in graded)
    return 1 - sum(each * share for each, share in graded) / points if points else None


def _is_due(quiz: QuizWeight, each: LearnerToDate, day: int) -> bool:
    if quiz.due_day is None or quiz.due_day >= day:
        return False
    # What was due before they joined was never due for them: counting it as lost would flag every late joiner.
    return each.joined_day is None or each.joined_day < quiz.due_day


def _lead(each: LearnerToDate, quizzes: Mapping[str, QuizWeight]) -> float | None:
    leads = [
        due - result.day
        for key, result in each.submitted.items()
        if key in quizzes and (due := quizzes[key].due_day) is not None
    ]
    return sum(leads) / len(leads) if leads else None
