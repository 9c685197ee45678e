"""A logistic regression on what a risk is made of: pure Python, for a site's own finished courses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import mul

from tracking.risk import score
from tracking.risk.features import RiskFeatures

Vector = list[float]

RIDGE = 3.0
"""How strongly weights are held to 0; chosen by cross-validation on OULAD, BBB 2013B."""
ROUNDS = 25


def feature_vector(facts: RiskFeatures) -> Vector:
    """Return the numbers that are weighed, the constant first. What is not known is middling, and so says nothing."""
    return [
        1.0,
        0.4 if facts.lost_share is None else facts.lost_share,
        0.4 if facts.low_share is None else facts.low_share,
        0.3 if facts.away_days is None else score.log_scaled_days(facts.away_days),
        0.5 if facts.recent_place is None else 1 - facts.recent_place,
        0.5 if facts.active_place is None else 1 - facts.active_place,
        0.5 if facts.click_place is None else 1 - facts.click_place,
        0.5 if facts.lead_place is None else 1 - facts.lead_place,
    ]


def fit_regression(rows: Sequence[RiskFeatures], is_lost: Sequence[bool]) -> Vector:
    """Return the weights under which ``is_lost`` is likeliest, by Newton's method with a ridge."""
    vectors = [feature_vector(facts) for facts in rows]
    size = len(feature_vector(rows[0])) if rows else 0
    weights = [0.0] * size
    for _ in range(ROUNDS):
        slope = [0.0 if place == 0 else RIDGE * weight for place, weight in enumerate(weights)]
        curve = [[RIDGE * (i == j and i > 0) + 1e-9 * (i == j) for j in range(size)] for i in range(size)]
        for vector, outcome in zip(vectors, is_lost, strict=True):
            share = _sigmoid(sum(map(mul, weights, vector)))
            _add(slope, curve, vector, error=share - outcome, spread=share * (1 - share))
        step = _solved(curve, slope)
        weights = [weight - max(min(move, 3.0), -3.0) for weight, move in zip(weights, step, strict=True)]
        if max(map(abs, step), default=0.0) < 1e-6:
            break
    return weights


def predict_risk(weights: Sequence[float], facts: RiskFeatures) -> float:
    """Return how likely the learner is not to finish, from 0 to 1."""
    return _sigmoid(sum(map(mul, weights, feature_vector(facts))))


def _add(slope: Vector, curve: list[Vector], vector: Vector, *, error: float, spread: float) -> None:
    for i, one in enumerate(vector):
        slope[i] += error * one
        row, weighed = curve[i], spread * one
        for j in range(i + 1):
            row[j] += weighed * vector[j]


def _solved(curve: list[Vector], slope: Vector) -> Vector:
    """Return the solution of the symmetric system of which ``curve`` holds the lower half (Cholesky)."""
    size = len(slope)
    root = [[0.0] * size for _ in range(size)]
    for i in range(size):
        for j in range(i + 1):
            rest = curve[i][j] - sum(root[i][k] * root[j][k] for k in range(j))
            root[i][j] = math.sqrt(max(rest, 1e-12)) if i == j else rest / root[j][j]
    down = [0.0] * size
    for i in range(size):
        down[i] = (slope[i] - sum(root[i][k] * down[k] for k in range(i))) / root[i][i]
    up = [0.0] * size
    for i in reversed(range(size)):
        up[i] = (down[i] - sum(root[k][i] * up[k] for k in range(i + 1, size))) / root[i][i]
    return up


def _sigmoid(logit: float) -> float:
    return 1 / (1 + math.exp(-min(max(logit, -35.0), 35.0)))
