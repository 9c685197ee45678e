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
"""Options stored per question, those chosen most often: a free numeric answer has no limit on them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionStatsRow:
    """The fields of ``models.QuestionStats``; see there."""

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
    """Return a row for each question. ``given`` is in its order; whole attempts in it are left out."""
    answers: defaultdict[tuple[str, str], defaultdict[Any, list[GivenAnswer]]]
    answers = defaultdict(lambda: defaultdict(list))
    outcomes_by_attempt: defaultdict[int, list[bool]] = defaultdict(list)
    for each in given:
        if each.question_key:
            answers[each.unit_key, each.question_key][each.learner_id].append(each)
            outcomes_by_attempt[each.attempt_id].append(each.is_right)
    return [
        _row(course_key, unit_key, question_key, list(by_learner.values()), outcomes_by_attempt)
        for (unit_key, question_key), by_learner in sorted(answers.items())
    ]


def _row(
    course_key: str,
    unit_key: str,
    question_key: str,
    answers: Sequence[Sequence[GivenAnswer]],
    outcomes_by_attempt: Mapping[int, Sequence[bool]],
) -> QuestionStatsRow:
    first_answers = [mine[0] for mine in answers]
    every = [each for mine in answers for each in mine]
    changes = [int(b.is_right) - int(a.is_right) for mine in answers for a, b in pairwise(mine)]
    attempts_needed = [count for mine in answers if (count := _attempts_to_success(mine))]
    rated = [
        (each.is_right, rest)
        for each in first_answers
        if (rest := _rest(each, outcomes_by_attempt[each.attempt_id])) is not None
    ]
    return QuestionStatsRow(
        course_key=course_key,
        unit_key=unit_key,
        question_key=question_key,
        learner_count=len(first_answers),
        first_correct_count=sum(each.is_right for each in first_answers),
        answer_count=len(every),
        correct_count=sum(each.is_right for each in every),
        succeeded_count=len(attempts_needed),
        attempts_to_success_count=sum(attempts_needed),
        gained_count=changes.count(1),
        unchanged_count=changes.count(0),
        lost_count=changes.count(-1),
        discrimination_count=len(rated),
        discrimination=point_biserial(rated),
        options=_options(first_answers),
        lesson_keys=sorted({key for each in every for key in each.lesson_keys}),
    )


def point_biserial(rated: Sequence[tuple[bool, float]]) -> float | None:
    """Return the point-biserial correlation, or ``None`` if all values of either side are alike."""
    sides = [[float(is_right) for is_right, _ in rated], [rest for _, rest in rated]]
    if any(len(set(side)) < 2 for side in sides):
        return None
    # Round, because float noise in the last bit would rewrite every row on each rollup.
    return round(statistics.correlation(*sides), 6)


def _rest(answer: GivenAnswer, outcomes: Sequence[bool]) -> float | None:
    """Return the share right in the rest of the attempt."""
    if len(outcomes) < 2:
        return None
    # Leave the question itself out: otherwise it would correlate with itself.
    return (sum(outcomes) - answer.is_right) / (len(outcomes) - 1)


def _attempts_to_success(mine: Sequence[GivenAnswer]) -> int:
    """Return how many attempts it took until the question was answered right, or 0 if it never was."""
    return next((number for number, each in enumerate(mine, 1) if each.is_right), 0)


def _options(first_answers: Iterable[GivenAnswer]) -> dict[str, list[int]]:
    counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for each in first_answers:
        for option in dict.fromkeys(each.chosen):
            counts[option][0 if each.is_right else 1] += 1
    most_chosen = sorted(counts, key=lambda option: (-sum(counts[option]), option))[:MAX_OPTIONS]
    return {option: counts[option] for option in sorted(most_chosen)}
