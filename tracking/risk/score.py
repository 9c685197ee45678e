"""How likely a learner is not to finish: a sum whose parts anybody can check. ``docs/at-risk.md`` has its accuracy."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tracking.risk.features import RiskFeatures

LOST, RARE, AWAY = "points_lost", "rarely_there", "days_away"

WEIGHTS: Mapping[str, float] = MappingProxyType({LOST: 0.7, RARE: 0.15, AWAY: 0.15})
"""What each part counts where all are known; those that are known share out the rest. Chosen on OULAD, BBB 2013B."""

FAR_DAYS = 28
"""Away so long counts in full, half of it for a good four days: the logarithm of the days is what tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreComponent:
    """One part of a score: so many ``points`` of it, because of ``value``.

    The value is a share of points lost, the share of the class that was there more often, or days.
    """

    name: str
    points: float
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskScore:
    """From 0 to 1, and what it is the sum of, the most first."""

    score: float
    components: tuple[ScoreComponent, ...]


def risk_score(facts: RiskFeatures) -> RiskScore | None:
    """Return the score that ``facts`` come to, or ``None`` where nothing is known."""
    known: dict[str, tuple[float, float]] = {}
    if facts.lost_share is not None:
        known[LOST] = (facts.lost_share, facts.lost_share)
    if facts.recent_place is not None:
        known[RARE] = (1 - facts.recent_place, 1 - facts.recent_place)
    if facts.away_days is not None:
        known[AWAY] = (log_scaled_days(facts.away_days), float(facts.away_days))
    if not known:
        return None
    whole = sum(WEIGHTS[name] for name in known)
    parts = [
        ScoreComponent(name=name, points=round(WEIGHTS[name] / whole * degree, 4), value=round(value, 4))
        for name, (degree, value) in known.items()
    ]
    return RiskScore(
        score=round(sum(part.points for part in parts), 4),
        components=tuple(sorted(parts, key=lambda part: (-part.points, part.name))),
    )


def log_scaled_days(days: int) -> float:
    """Return how far away so many days are, from 0 to 1."""
    return min(math.log1p(max(days - 1, 0)) / math.log1p(FAR_DAYS - 1), 1.0)
