"""Logistic regression on the risk features, trained on a site's own finished courses. Pure Python."""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import mul

from tracking.risk import score
from tracking.risk.features import RiskFeatures

Vector = list[float]

RIDGE = 3.0
"""Strength of the ridge (L2) penalty on the weights; chosen by cross-validation on OULAD, BBB 2013B."""
ROUNDS = 25


def feature_vector(facts: RiskFeatures) -> Vector:
    """Return the vector of ``facts``, the constant first. Unknown features get a neutral value in mid-range."""
    return [
        1.0,
        0.4 if facts.lost_share is None else facts.lost_share,
        0.4 if facts.low_share is None else facts.low_share,
        0.3 if facts.away_days is None else score.log_scaled_days(facts.away_days),
        0.5 if facts.recent_rank is None else 1 - facts.recent_rank,
        0.5 if facts.active_rank is None else 1 - facts.active_rank,
        0.5 if facts.click_rank is None else 1 - facts.click_rank,
        0.5 if facts.lead_rank is None else 1 - facts.lead_rank,
    ]


def fit_regression(rows: Sequence[RiskFeatures], is_lost: Sequence[bool]) -> Vector:
    """Return the maximum likelihood weights for ``is_lost``, by Newton's method with a ridge penalty."""
    vectors = [feature_vector(facts) for facts in rows]
    size = len(feature_vector(rows[0])) if rows else 0
    weights = [0.0] * size
    for _ in range(ROUNDS):
        gradient = [0.0 if index == 0 else RIDGE * weight for index, weight in enumerate(weights)]
        # The constant has no penalty. The 1e-9 keeps the matrix positive definite, or the Cholesky root would fail.
        hessian = [[RIDGE * (i == j and i > 0) + 1e-9 * (i == j) for j in range(size)] for i in range(size)]
        for vector, outcome in zip(vectors, is_lost, strict=True):
            share = _sigmoid(sum(map(mul, weights, vector)))
            _accumulate(gradient, hessian, vector, error=share - outcome, spread=share * (1 - share))
        step = _solve(hessian, gradient)
        # Limit each step: a full Newton step can overshoot if the outcomes are almost separable.
        weights = [weight - max(min(move, 3.0), -3.0) for weight, move in zip(weights, step, strict=True)]
        if max(map(abs, step), default=0.0) < 1e-6:
            break
    return weights


def predict_risk(weights: Sequence[float], facts: RiskFeatures) -> float:
    """Return the probability from 0 to 1 that the learner does not finish."""
    return _sigmoid(sum(map(mul, weights, feature_vector(facts))))


def _accumulate(
    gradient: Vector, hessian: list[Vector], vector: Vector, *, error: float, spread: float
) -> None:
    for i, value in enumerate(vector):
        gradient[i] += error * value
        row, weighted = hessian[i], spread * value
        for j in range(i + 1):
            row[j] += weighted * vector[j]


def _solve(hessian: list[Vector], gradient: Vector) -> Vector:
    """Solve the symmetric system by Cholesky decomposition. Only the lower half of ``hessian`` is read."""
    size = len(gradient)
    root = [[0.0] * size for _ in range(size)]
    for i in range(size):
        for j in range(i + 1):
            rest = hessian[i][j] - sum(root[i][k] * root[j][k] for k in range(j))
            root[i][j] = math.sqrt(max(rest, 1e-12)) if i == j else rest / root[j][j]
    down = [0.0] * size
    for i in range(size):
        down[i] = (gradient[i] - sum(root[i][k] * down[k] for k in range(i))) / root[i][i]
    up = [0.0] * size
    for i in reversed(range(size)):
        up[i] = (down[i] - sum(root[k][i] * up[k] for k in range(i + 1, size))) / root[i][i]
    return up


def _sigmoid(logit: float) -> float:
    # Beyond 35 the result is within 1e-15 of 0 or 1 anyway, and exp() overflows at about 710.
    return 1 / (1 + math.exp(-min(max(logit, -35.0), 35.0)))
