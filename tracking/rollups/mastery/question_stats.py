"""How a question behaves over a class: pure arithmetic on the answers to it."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from tracking.rollups.mastery.answers import GivenAnswer

MAX_OPTIONS = 20
"""Options kept of a question, those chosen most: a free numeric answer has no end of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionStatsRow:
    """What ``models.QuestionStats`` stores; see there."""

    course_key: str
    unit_key: str
    question_key: str
    learner_count: int
    first_correct_count: int
    answer_count: int
    correct_count: int
    succeeded_count: int
    attempts_to_success_count: int
    gained_count: int
    unchanged_count: int
    lost_count: int
    discrimination_count: int
    discrimination: float | None
    options: dict[str, list[int]] = field(default_factory=dict)
    lesson_keys: list[str] = field(default_factory=list)


def question_stats_rows(course_key: str, given: Iterable[GivenAnswer]) -> list[QuestionStatsRow]:
    """Return a row for each question. ``given`` is in its order, and whole attempts in it are passed over."""
    tries: defaultdict[tuple[str, str], defaultdict[Any, list[GivenAnswer]]]
    tries = defaultdict(lambda: defaultdict(list))
    attempts: defaultdict[int, list[bool]] = defaultdict(list)
    for each in given:
        if each.question_key:
            tries[each.unit_key, each.question_key][each.learner_id].append(each)
            attempts[each.attempt_id].append(each.is_right)
    return [
        _row(course_key, unit_key, question_key, list(by_learner.values()), attempts)
        for (unit_key, question_key), by_learner in sorted(tries.items())
    ]


def _row(
    course_key: str,
    unit_key: str,
    question_key: str,
    tries: Sequence[Sequence[GivenAnswer]],
    attempts: Mapping[int, Sequence[bool]],
) -> QuestionStatsRow:
    firsts = [mine[0] for mine in tries]
    every = [each for mine in tries for each in mine]
    moves = [int(b.is_right) - int(a.is_right) for mine in tries for a, b in pairwise(mine)]
    needed = [count for mine in tries if (count := _tries_to_success(mine))]
    rated = [
        (each.is_right, rest)
        for each in firsts
        if (rest := _rest(each, attempts[each.attempt_id])) is not None
    ]
    return QuestionStatsRow(
        course_key=course_key,
        unit_key=unit_key,
        question_key=question_key,
        learner_count=len(firsts),
        first_correct_count=sum(each.is_right for each in firsts),
        answer_count=len(every),
        correct_count=sum(each.is_right for each in every),
        succeeded_count=len(needed),
        attempts_to_success_count=sum(needed),
        gained_count=moves.count(1),
        unchanged_count=moves.count(0),
        lost_count=moves.count(-1),
        discrimination_count=len(rated),
        discrimination=point_biserial(rated),
        options=_options(firsts),
        lesson_keys=sorted({key for each in every for key in each.lesson_keys}),
    )


def point_biserial(rated: Sequence[tuple[bool, float]]) -> float | None:
    """Return the point-biserial correlation, or ``None`` where either side is all alike."""
    sides = [[float(is_right) for is_right, _ in rated], [rest for _, rest in rated]]
    if any(len(set(side)) < 2 for side in sides):
        return None
    # Rounded, so that the last bit does not make a row another one.
    return round(statistics.correlation(*sides), 6)


def _rest(answer: GivenAnswer, outcomes: Sequence[bool]) -> float | None:
    """Return the share right in the rest of the attempt: with itself in it, a question would agree with itself."""
    if len(outcomes) < 2:
        return None
    return (sum(outcomes) - answer.is_right) / (len(outcomes) - 1)


def _tries_to_success(mine: Sequence[GivenAnswer]) -> int:
    """Return how many tries it took, or 0 where it was never right."""
    return next((number for number, each in enumerate(mine, 1) if each.is_right), 0)


def _options(firsts: Iterable[GivenAnswer]) -> dict[str, list[int]]:
    counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for each in firsts:
        for option in dict.fromkeys(each.chosen):
            counts[option][0 if each.is_right else 1] += 1
    most = sorted(counts, key=lambda option: (-sum(counts[option]), option))[:MAX_OPTIONS]
    return {option: counts[option] for option in sorted(most)}
