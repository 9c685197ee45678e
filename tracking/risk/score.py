"""The risk score: a weighted sum whose components can be checked by hand. ``docs/risk.md`` has its accuracy."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tracking.risk.features import RiskFeatures

LOST, RARE, AWAY = "points_lost", "rarely_there", "days_away"

WEIGHTS: Mapping[str, float] = MappingProxyType({LOST: 0.7, RARE: 0.15, AWAY: 0.15})
"""The weight of each component; unknown ones give theirs to the others. Chosen on OULAD, BBB 2013B."""

FULL_AWAY_DAYS = 28
"""Days without activity that count in full. The scale is logarithmic, so that about 5 days count half."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreComponent:
    """One component of a score: how many ``points`` it adds, and the ``value`` it is calculated from.

    The value is the share of points lost, the share of the class with more active days, or a number of days.
    """

    name: str
    points: float
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskScore:
    """A score from 0 to 1 and its components, the largest first."""

    score: float
    components: tuple[ScoreComponent, ...]


def risk_score(facts: RiskFeatures) -> RiskScore | None:
    """Return the score of ``facts``, or ``None`` if no component is known."""
    known: dict[str, tuple[float, float]] = {}
    if facts.lost_share is not None:
        known[LOST] = (facts.lost_share, facts.lost_share)
    if facts.recent_rank is not None:
        known[RARE] = (1 - facts.recent_rank, 1 - facts.recent_rank)
    if facts.away_days is not None:
        known[AWAY] = (log_scaled_days(facts.away_days), float(facts.away_days))
    if not known:
        return None
    total_weight = sum(WEIGHTS[name] for name in known)
    components = [
        ScoreComponent(
            name=name, points=round(WEIGHTS[name] / total_weight * degree, 4), value=round(value, 4)
        )
        for name, (degree, value) in known.items()
    ]
    return RiskScore(
        score=round(sum(component.points for component in components), 4),
        components=tuple(sorted(components, key=lambda component: (-component.points, component.name))),
    )


def log_scaled_days(days: int) -> float:
    """Return ``days`` without activity on a logarithmic scale from 0 to 1."""
    return min(math.log1p(max(days - 1, 0)) / math.log1p(FULL_AWAY_DAYS - 1), 1.0)
