"""Name the page views behind findings, so that a reader who doubts a sentence can look at its evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from tracking.findings import rules
from tracking.findings.candidates import MAX_CITED, Candidate
from tracking.models import PageView

FROM_VIEWS = frozenset(rule.reason for rule in rules.ABOUT_LEARNERS if rule.cites_page_views)

Areas = Mapping[Any, Sequence[Candidate]]
"""What was found about each learner."""


def add_view_evidence(course_key: str, areas: Areas) -> dict[Any, list[Candidate]]:
    """Return ``areas`` with the ids of the last views of each unit, and from when to when they were. One query."""
    wanted = {
        (learner_id, area.unit_key)
        for learner_id, found in areas.items()
        for area in found
        if area.reason in FROM_VIEWS
    }
    views = _read(course_key, wanted) if wanted else {}
    return {
        learner_id: [
            _cite(area, views.get((learner_id, area.unit_key), ())) if area.reason in FROM_VIEWS else area
            for area in found
        ]
        for learner_id, found in areas.items()
    }


def _read(course_key: str, wanted: set[tuple[Any, str]]) -> Mapping[tuple[Any, str], Sequence[Any]]:
    views: dict[tuple[Any, str], list[tuple[datetime, str]]] = defaultdict(list)
    rows = PageView.objects.filter(
        course_key=course_key,
        learner_id__in={learner_id for learner_id, _ in wanted},
        unit_key__in={unit_key for _, unit_key in wanted},
    )
    for learner_id, unit_key, opened_at, view_id in rows.order_by("opened_at", "view_id").values_list(
        "learner_id", "unit_key", "opened_at", "view_id"
    ):
        if (learner_id, unit_key) in wanted:
            views[learner_id, unit_key].append((opened_at, str(view_id)))
    return views


def _cite(area: Candidate, views: Sequence[tuple[datetime, str]]) -> Candidate:
    if not views:
        return area
    cited = {
        "view_ids": [view_id for _, view_id in views[-MAX_CITED:]],
        "view_count": len(views),
        "viewed_from": views[0][0].isoformat(),
        "viewed_to": views[-1][0].isoformat(),
    }
    return replace(area, evidence={**area.evidence, **cited})
