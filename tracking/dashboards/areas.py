"""Advice gathered by the unit that it is about: one unit, one entry, all its reasons."""

from __future__ import annotations

from collections.abc import Iterable

from tracking.insights.advice import Advice


def by_unit(ranked: Iterable[Advice]) -> list[tuple[Advice, ...]]:
    """Return the advice about each unit together, in the order of what weighs most."""
    areas: dict[str, list[Advice]] = {}
    for advice in ranked:
        areas.setdefault(advice.unit_key, []).append(advice)
    return [tuple(area) for area in areas.values()]
