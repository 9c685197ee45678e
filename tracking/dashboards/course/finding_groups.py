"""Group findings by unit: one entry for each unit, with all its reasons."""

from __future__ import annotations

from collections.abc import Iterable

from tracking.findings.presentation import PresentedFinding


def group_by_unit(ranked: Iterable[PresentedFinding]) -> list[tuple[PresentedFinding, ...]]:
    """Return the findings of each unit together. Units are in the order of their first finding in ``ranked``."""
    by_unit: dict[str, list[PresentedFinding]] = {}
    for finding in ranked:
        by_unit.setdefault(finding.unit_key, []).append(finding)
    return [tuple(findings) for findings in by_unit.values()]
