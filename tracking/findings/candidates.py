"""What a rule finds: one area to reinforce, with its reason, weight and evidence. The words are made elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

MAX_CITED = 10
"""Rows of one kind that the evidence names: the newest."""

PRIOR_COUNT = 2
"""What is seen once may be chance: confidence is as if two observations more had said nothing (Laplace's rule)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One area to reinforce. ``weight`` is from 0 to 1 and comparable within one learner or one class.

    ``confidence`` is from 0 to 1; ``severity`` says how bad it is in the rule's own unit, and is ``None`` where only
    time makes it worse. ``evidence`` holds numbers, keys, moments and the ids of rows.
    """

    unit_key: str
    weight: float
    reason: str = ""
    """That of the rule that found it: ``detection`` puts it in."""
    evidence: dict[str, Any] = field(default_factory=dict)
    confidence: float = 1.0
    severity: float | None = None


def confidence(observation_count: int) -> float:
    """Return how far so many observations can be relied on, from 0 to 1: a third for one, five sixths for ten."""
    return round(observation_count / (observation_count + PRIOR_COUNT), 3)


def rank_candidates(areas: Iterable[Candidate]) -> list[Candidate]:
    """Return ``areas``, heaviest first; those that weigh the same in a fixed order."""
    return sorted(areas, key=lambda area: (-area.weight, area.unit_key, area.reason))


def heaviest_per_unit(areas: Iterable[Candidate]) -> list[Candidate]:
    """Return of several reasons for one unit only the heaviest; heaviest first."""
    kept: dict[str, Candidate] = {}
    for area in rank_candidates(areas):
        kept.setdefault(area.unit_key, area)
    return list(kept.values())
