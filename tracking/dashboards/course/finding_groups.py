"""Advice gathered by the unit that it is about: one unit, one entry, all its reasons."""

from __future__ import annotations

from collections.abc import Iterable

from tracking.findings.presentation import PresentedFinding


def group_by_unit(ranked: Iterable[PresentedFinding]) -> list[tuple[PresentedFinding, ...]]:
    """Return the advice about each unit together, in the order of what weighs most."""
    areas: dict[str, list[PresentedFinding]] = {}
    for advice in ranked:
        areas.setdefault(advice.unit_key, []).append(advice)
    return [tuple(area) for area in areas.values()]
