"""The peers of ``benchmarks.mastery``: other models that predict answers, in their plainest form.

Each model learns from training answers. Then it goes through other answers in order and predicts each one before it
learns the outcome. Several skills of one answer count as one combined skill, as is usual for both models.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

from tracking.rollups.mastery.calibration import CalibrationAnswer

Predict = Callable[[Sequence[CalibrationAnswer]], list[float]]
Vector = list[float]

ROUNDS = 15
"""Rounds of expectation maximisation. The last ones change nothing in the third digit."""


def skill_mean(training: Sequence[CalibrationAnswer]) -> Predict:
    """Predict the share of right answers in the skill, the same for all learners."""
    right: defaultdict[str, float] = defaultdict(float)
    count: defaultdict[str, float] = defaultdict(float)
    for each in training:
        right[_skill(each)] += each.is_right
        count[_skill(each)] += 1
    overall = sum(right.values()) / max(sum(count.values()), 1)

    def predict(answers: Sequence[CalibrationAnswer]) -> list[float]:
        return [(right[_skill(a)] + 5 * overall) / (count[_skill(a)] + 5) for a in answers]

    return predict


def last_five(training: Sequence[CalibrationAnswer]) -> Predict:
    """Predict the share right among the learner's last five answers in the skill, starting from the skill's share."""
    fallback = skill_mean(training)

    def predict(answers: Sequence[CalibrationAnswer]) -> list[float]:
        recent: defaultdict[tuple[Hashable, str], deque[bool]] = defaultdict(lambda: deque(maxlen=5))
        shares = []
        for each, mean in zip(answers, fallback(answers), strict=True):
            own = recent[each.learner, _skill(each)]
            shares.append((sum(own) + mean) / (len(own) + 1))
            own.append(each.is_right)
        return shares

    return predict


def performance_factors(training: Sequence[CalibrationAnswer]) -> Predict:
    """Predict by a logistic regression on the right and wrong answers so far in the skill (Pavlik and others 2009)."""
    rows: defaultdict[str, list[tuple[Vector, bool]]] = defaultdict(list)
    for each, parts in zip(training, _factors(training), strict=True):
        rows[_skill(each)].append((parts, each.is_right))
    every = _regress([row for known in rows.values() for row in known])
    weights = {skill: _regress(known, start=every) for skill, known in rows.items()}

    def predict(answers: Sequence[CalibrationAnswer]) -> list[float]:
        return [
            _sigmoid(_dot(weights.get(_skill(each), every), parts))
            for each, parts in zip(answers, _factors(answers), strict=True)
        ]

    return predict


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracing:
    """The four parameters of Bayesian knowledge tracing (Corbett and Anderson 1995)."""

    known: float = 0.4
    learned: float = 0.1
    guess: float = 0.2
    slip: float = 0.1


def bayesian_tracing(training: Sequence[CalibrationAnswer]) -> Predict:
    """Predict by Bayesian knowledge tracing, each skill fitted by expectation maximisation."""
    sequences: defaultdict[str, defaultdict[Hashable, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for each in training:
        sequences[_skill(each)][each.learner].append(each.is_right)
    fitted = {skill: _fit_tracing(list(own.values())) for skill, own in sequences.items()}

    def predict(answers: Sequence[CalibrationAnswer]) -> list[float]:
        known: dict[tuple[Hashable, str], float] = {}
        shares = []
        for each in answers:
            model = fitted.get(_skill(each), Tracing())
            before = known.get((each.learner, _skill(each)), model.known)
            right = before * (1 - model.slip) + (1 - before) * model.guess
            shares.append(right)
            known[each.learner, _skill(each)] = _updated(model, before, right, is_right=each.is_right)
        return shares

    return predict


def _skill(each: CalibrationAnswer) -> str:
    return each.skills[0] if len(each.skills) == 1 else " + ".join(sorted(each.skills))


def _factors(answers: Iterable[CalibrationAnswer]) -> Iterable[Vector]:
    right: defaultdict[tuple[Hashable, str], int] = defaultdict(int)
    wrong: defaultdict[tuple[Hashable, str], int] = defaultdict(int)
    for each in answers:
        key = (each.learner, _skill(each))
        yield [1.0, float(right[key]), float(wrong[key])]
        (right if each.is_right else wrong)[key] += 1


def _regress(rows: Sequence[tuple[Vector, bool]], start: Vector | None = None) -> Vector:
    """Return the weights of a logistic regression by Newton's method, with a weak normal prior at ``start``."""
    prior = start or [0.0, 0.0, 0.0]
    weights = list(prior)
    for _ in range(12):
        slope = [weight - mean for weight, mean in zip(weights, prior, strict=True)]
        curve = [[float(i == j) for j in range(3)] for i in range(3)]
        for parts, is_right in rows:
            share = _sigmoid(_dot(weights, parts))
            for i in range(3):
                slope[i] += (share - is_right) * parts[i]
                for j in range(3):
                    curve[i][j] += share * (1 - share) * parts[i] * parts[j]
        step = _solve(curve, slope)
        weights = [weight - max(min(move, 2.0), -2.0) for weight, move in zip(weights, step, strict=True)]
        if max(map(abs, step)) < 1e-4:
            break
    return weights


def _solve(matrix: list[Vector], values: Vector) -> Vector:
    rows = [[*row, value] for row, value in zip(matrix, values, strict=True)]
    size = len(rows)
    for pivot in range(size):
        best = max(range(pivot, size), key=lambda place: abs(rows[place][pivot]))
        rows[pivot], rows[best] = rows[best], rows[pivot]
        for other in range(size):
            if other != pivot:
                ratio = rows[other][pivot] / rows[pivot][pivot]
                rows[other] = [a - ratio * b for a, b in zip(rows[other], rows[pivot], strict=True)]
    return [rows[place][size] / rows[place][place] for place in range(size)]


def _fit_tracing(sequences: Sequence[Sequence[bool]]) -> Tracing:
    model = Tracing()
    for _ in range(ROUNDS):
        model = _maximised(model, sequences)
    return model


def _maximised(model: Tracing, sequences: Sequence[Sequence[bool]]) -> Tracing:
    """Return the most likely model after one forward-backward pass of ``model`` over ``sequences``."""
    first = learned = unknown = slipped = known = guessed = not_known = 0.0
    for outcomes in sequences:
        smoothed, moves = _smoothed(model, outcomes)
        first += smoothed[0]
        learned += sum(moves)
        unknown += sum(1 - share for share in smoothed[:-1])
        for share, is_right in zip(smoothed, outcomes, strict=True):
            known += share
            not_known += 1 - share
            if is_right:
                guessed += 1 - share
            else:
                slipped += share
    # One pseudo-answer with the starting values keeps a skill with few answers away from 0 and 1. A guess or slip above
    # 0.5 would swap the meaning of the states.
    return Tracing(
        known=_bounded((first + 0.4) / (len(sequences) + 1), 0.99),
        learned=_bounded((learned + 0.1) / (unknown + 1), 0.99),
        guess=_bounded((guessed + 0.2) / (not_known + 1), 0.5),
        slip=_bounded((slipped + 0.1) / (known + 1), 0.5),
    )


def _smoothed(model: Tracing, outcomes: Sequence[bool]) -> tuple[list[float], list[float]]:
    """Return the probabilities, given all answers: skill known at each answer, learned after each but the last."""
    filtered, before = [], model.known
    for is_right in outcomes:
        right = before * (1 - model.slip) + (1 - before) * model.guess
        posterior = _posterior(model, before, right, is_right=is_right)
        filtered.append(posterior)
        before = posterior + (1 - posterior) * model.learned
    smoothed, moves = [filtered[-1]], []
    for share in reversed(filtered[:-1]):
        ahead = share + (1 - share) * model.learned
        later = smoothed[-1]
        moved = later * (1 - share) * model.learned / ahead if ahead else 0.0
        moves.append(moved)
        # The model forgets nothing: what is known later was known before, or learned in between.
        smoothed.append(later - moved)
    return smoothed[::-1], moves


def _posterior(model: Tracing, before: float, right: float, *, is_right: bool) -> float:
    if is_right:
        return before * (1 - model.slip) / right if right else before
    return before * model.slip / (1 - right) if right < 1 else before


def _updated(model: Tracing, before: float, right: float, *, is_right: bool) -> float:
    posterior = _posterior(model, before, right, is_right=is_right)
    return posterior + (1 - posterior) * model.learned


def _bounded(value: float, maximum: float) -> float:
    return min(max(value, 0.001), maximum)


def _dot(weights: Vector, parts: Vector) -> float:
    return sum(weight * part for weight, part in zip(weights, parts, strict=True))


def _sigmoid(logit: float) -> float:
    return 1 / (1 + math.exp(-min(max(logit, -35.0), 35.0)))
