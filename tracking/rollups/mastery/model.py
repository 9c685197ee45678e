"""The mastery model: how likely a learner is to answer right, learned one answer at a time.

An asymmetric Elo rating (Pelánek 2016, *Applications of the Elo rating system in adaptive educational systems*). A
logistic regression that learns along weighs its inputs (AdaGrad; Duchi, Hazan, Singer 2011). Pure arithmetic on plain
values: constant time per answer, no numeric library. ``docs/mastery.md`` gives the origin of every number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import mul

FIRST_WEIGHTS = (0.179, 0.667, 0.377, 0.237, 0.173, 0.802, 1.003, 0.336, -0.331)
"""The weights of the inputs before a course has answers of its own, in the order of ``_inputs``."""

LOG1P = tuple(math.log1p(count) for count in range(4096))
"""Counts repeat, and a table lookup is faster than a logarithm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningRates:
    """How fast each parameter learns: ``start / (1 + decay * n)`` at its n-th answer, and never below ``min``."""

    general: float = 1.066
    general_decay: float = 0.067
    general_min: float = 0.056
    level_right: float = 0.418
    level_wrong: float = 0.485
    level_decay: float = 0.006
    level_min: float = 0.036
    recent_general: float = 0.692
    recent_skill: float = 0.647
    skill: float = 0.469
    skill_decay: float = 0.102
    item: float = 0.786
    item_decay: float = 0.099
    item_min: float = 0.057
    item_shrinkage: float = 0.009
    """Pulls an item back to its skill, so that it differs only as far as answers support it."""
    weights: float = 0.03
    """Slow: 0.01 is best on the data that the first weights come from, 0.05 on data unlike it."""
    guess: float = 0.02
    """No learner is less likely to be right than by chance."""
    slip: float = 0.01
    """No learner is so sure that they never slip."""


RATES = LearningRates()


@dataclass(slots=True)
class SkillLevel:
    """What is known of one learner in one skill."""

    level: float = 0.0
    recent: float = 0.0
    answered_count: int = 0
    correct_count: int = 0


@dataclass(slots=True)
class LearnerAbility:
    """What is known of one learner: in general, recently, and in each skill."""

    general: float = 0.0
    recent: float = 0.0
    answered_count: int = 0
    skills: dict[str, SkillLevel] = field(default_factory=dict)


@dataclass(slots=True)
class ItemBank:
    """What is known of the items and skills of a course, and the weight of each input.

    ``items`` and ``skills`` are difficulties on the logit scale; an item's is relative to that of its skills.
    """

    items: dict[str, float] = field(default_factory=dict)
    skills: dict[str, float] = field(default_factory=dict)
    weights: list[float] = field(default_factory=lambda: list(FIRST_WEIGHTS))
    item_counts: dict[str, int] = field(default_factory=dict)
    skill_counts: dict[str, int] = field(default_factory=dict)
    squares: list[float] = field(default_factory=lambda: [1.0] * len(FIRST_WEIGHTS))
    rates: LearningRates = RATES


def predict_answer(
    bank: ItemBank, learner: LearnerAbility, skills: Sequence[str], *, item: str | None = None
) -> float:
    """Return how likely ``learner`` is to be right, from 0 to 1: on ``item``, or on an average item of ``skills``.

    ``skills`` names at least one; nothing is learned.
    """
    levels = [learner.skills.get(skill) or SkillLevel() for skill in skills]
    inputs = _inputs(learner, levels, bank.items.get(item, 0.0) if item else 0.0, _difficulty(bank, skills))
    return _probability(bank, inputs)


def update_learner(
    bank: ItemBank, learner: LearnerAbility, item: str, skills: Sequence[str], *, is_right: bool
) -> float:
    """Update only ``learner`` with an answer; return how likely the answer had been to be right."""
    levels = _levels(learner, skills)
    inputs = _inputs(learner, levels, bank.items.get(item, 0.0), _difficulty(bank, skills))
    expected = _probability(bank, inputs)
    _update_ability(learner, levels, bank.rates, error=is_right - expected, is_right=is_right)
    return expected


def update_learner_and_bank(
    bank: ItemBank, learner: LearnerAbility, item: str, skills: Sequence[str], *, is_right: bool
) -> float:
    """Update learner, item, skills and weights with an answer; return how likely it had been to be right."""
    levels = _levels(learner, skills)
    inputs = _inputs(learner, levels, bank.items.get(item, 0.0), _difficulty(bank, skills))
    expected = _probability(bank, inputs)
    error = is_right - expected
    _update_weights(bank, inputs, error)
    _update_ability(learner, levels, bank.rates, error=error, is_right=is_right)
    _update_difficulties(bank, item, skills, error)
    return expected


def _levels(learner: LearnerAbility, skills: Sequence[str]) -> list[SkillLevel]:
    known = learner.skills
    levels = []
    for skill in skills:
        level = known.get(skill)
        if level is None:
            level = known[skill] = SkillLevel()
        levels.append(level)
    return levels


def _difficulty(bank: ItemBank, skills: Sequence[str]) -> float:
    if len(skills) == 1:
        return bank.skills.get(skills[0], 0.0)
    return sum(bank.skills.get(skill, 0.0) for skill in skills) / len(skills)


def _inputs(
    learner: LearnerAbility, levels: Sequence[SkillLevel], item: float, skill: float
) -> tuple[float, ...]:
    if len(levels) == 1:
        mine = levels[0]
    else:  # An item of several skills is met with the mean of them.
        count = len(levels)
        mine = SkillLevel(
            level=sum(each.level for each in levels) / count,
            recent=sum(each.recent for each in levels) / count,
            answered_count=sum(each.answered_count for each in levels) // count,
            correct_count=sum(each.correct_count for each in levels) // count,
        )
    answered, correct = mine.answered_count, mine.correct_count
    return (
        1.0,
        learner.general,
        mine.level,
        learner.recent,
        mine.recent,
        -item,
        -skill,
        _log1p(correct),
        0.0 if answered else 1.0,
    )


def _log1p(count: int) -> float:
    return LOG1P[count] if count < 4096 else math.log1p(count)


def _probability(bank: ItemBank, inputs: Sequence[float]) -> float:
    rates = bank.rates
    # Beyond 35 either way, a double is 0 or 1 anyway, and exp() overflows at 710.
    logit = min(max(sum(map(mul, bank.weights, inputs)), -35.0), 35.0)
    return rates.guess + (1.0 - rates.guess - rates.slip) / (1.0 + math.exp(-logit))


def _update_weights(bank: ItemBank, inputs: Sequence[float], error: float) -> None:
    weights, squares, rate, sqrt = bank.weights, bank.squares, bank.rates.weights, math.sqrt
    for position, value in enumerate(inputs):
        if value:
            slope = error * value
            square = squares[position] = squares[position] + slope * slope
            weights[position] += rate * slope / sqrt(square)


def _update_ability(
    learner: LearnerAbility,
    levels: Sequence[SkillLevel],
    rates: LearningRates,
    *,
    error: float,
    is_right: bool,
) -> None:
    rate = max(rates.general / (1.0 + rates.general_decay * learner.answered_count), rates.general_min)
    learner.general += rate * error
    learner.recent += rates.recent_general * (error - learner.recent)
    learner.answered_count += 1
    start = rates.level_right if is_right else rates.level_wrong
    for mine in levels:
        mine.level += max(start / (1.0 + rates.level_decay * mine.answered_count), rates.level_min) * error
        mine.recent += rates.recent_skill * (error - mine.recent)
        mine.answered_count += 1
        mine.correct_count += is_right


def _update_difficulties(bank: ItemBank, item: str, skills: Sequence[str], error: float) -> None:
    rates = bank.rates
    count = bank.item_counts.get(item, 0)
    rate = max(rates.item / (1.0 + rates.item_decay * count), rates.item_min)
    bank.items[item] = (bank.items.get(item, 0.0) - rate * error) * (1.0 - rates.item_shrinkage * rate)
    bank.item_counts[item] = count + 1
    for skill in skills:
        count = bank.skill_counts.get(skill, 0)
        rate = rates.skill / (1.0 + rates.skill_decay * count)
        bank.skills[skill] = bank.skills.get(skill, 0.0) - rate * error
        bank.skill_counts[skill] = count + 1
