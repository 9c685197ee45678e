"""What is known of each learner of a class on one day of a course, as the numbers that a risk is made of.

Pure functions of plain values. Only what happened before the day counts. The same functions feed the pages, the
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
    """One quiz of the course: when it is due, in days from the start, and how much it counts beside the others."""

    due_day: float | None
    points: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizResult:
    """A learner's work at one quiz: its share of the points, ``None`` while not graded, and its first day."""

    share: float | None
    day: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerToDate:
    """One learner up to a day. Days count from the start of the course and may be negative.

    ``active_days`` and ``click_count`` are ``None`` of those who do not share how they work. What was due before
    ``joined_day`` was never due for them.
    """

    learner: Any
    active_days: Sequence[int] | None
    click_count: int | None
    handed_in: Mapping[str, QuizResult] = field(default_factory=dict)
    joined_day: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskFeatures:
    """What a risk is made of. Shares and places are from 0 to 1; ``None`` is unknown, or nothing to speak of yet.

    A place in the class is the share of it that did less, half of those that did the same counted in.
    """

    learner: Any
    day: int
    there_days: float
    """Since the start, or since the learner joined where that was later."""
    lost_share: float | None
    """Of the points of all quizzes due so far, or handed in ahead: what was not gained."""
    low_share: float | None
    """The same of those handed in alone."""
    away_days: int | None
    """Since the last active day; since the start, or since they joined, for those who never came."""
    recent_place: float | None
    """By active days of the last ``RECENT_DAYS``."""
    active_place: float | None
    """By active days so far."""
    click_place: float | None
    lead_place: float | None
    """By how long before it was due work was handed in, on average."""


def class_risk_features(
    learners: Sequence[LearnerToDate], quizzes: Mapping[str, QuizWeight], *, day: int, class_minimum: int
) -> list[RiskFeatures]:
    """Return the facts of each learner on ``day``; there are no places in a class of under ``class_minimum``."""
    recent = _places([_active(each, since=day - RECENT_DAYS) for each in learners], class_minimum)
    active = _places([_active(each) for each in learners], class_minimum)
    clicks = _places([each.click_count for each in learners], class_minimum)
    leads = _places([_lead(each, quizzes) for each in learners], class_minimum)
    return [
        RiskFeatures(
            learner=each.learner,
            day=day,
            there_days=day - max(each.joined_day or 0.0, 0.0),
            lost_share=_lost(each, quizzes, day),
            low_share=_low(each, quizzes),
            away_days=_away(each, day),
            recent_place=recent[place],
            active_place=active[place],
            click_place=clicks[place],
            lead_place=leads[place],
        )
        for place, each in enumerate(learners)
    ]


def _places(values: Sequence[float | None], class_minimum: int) -> list[float | None]:
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
        work = each.handed_in.get(key)
        if work is not None:
            shares += [(quiz.points, work.share)] if work.share is not None else []
        elif _is_due(quiz, each, day):
            shares.append((quiz.points, 0.0))
    return _not_gained(shares)


def _low(each: LearnerToDate, quizzes: Mapping[str, QuizWeight]) -> float | None:
    return _not_gained(
        (quizzes[key].points, work.share)
        for key, work in each.handed_in.items()
        if key in quizzes and work.share is not None
    )


def _not_gained(shares: Iterable[tuple[float, float]]) -> float | None:
    given = list(shares)
    points = sum(each for each, _ in given)
    return 1 - sum(each * share for each, share in given) / points if points else None


def _is_due(quiz: QuizWeight, each: LearnerToDate, day: int) -> bool:
    if quiz.due_day is None or quiz.due_day >= day:
        return False
    return each.joined_day is None or each.joined_day < quiz.due_day


def _lead(each: LearnerToDate, quizzes: Mapping[str, QuizWeight]) -> float | None:
    leads = [
        due - work.day
        for key, work in each.handed_in.items()
        if key in quizzes and (due := quizzes[key].due_day) is not None
    ]
    return sum(leads) / len(leads) if leads else None
