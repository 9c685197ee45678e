"""Proving the adapter against everything that is live: settings, URLconf, models and data."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.core.checks import WARNING, run_checks

from tracking import lms
from tracking.checks import live_outlines, live_pages, live_rows
from tracking.checks.problems import AdapterTrial, Problem, ProblemCollector, read_only_database
from tracking.exceptions import AdapterError


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterReport:
    """What a trial found, and how much was looked at."""

    evidence: list[Problem]
    course_count: int = 0
    unit_count: int = 0
    row_counts: dict[str, int] = field(default_factory=dict)
    """By the label of each mapped model."""


def check_live_adapter(*, sample: int) -> AdapterReport:
    """Prove the adapter with up to ``sample`` courses, units, and rows of each mapped model. Writes nothing.

    Where the static checks find that the adapter cannot be used, its data is not looked at.
    """
    docket = ProblemCollector()
    for message in run_checks(tags=["tracking"]):
        if message.level >= WARNING and not message.is_silenced():
            docket.add(str(message.id), _subject(message.obj), message.msg, message.hint or "")
    try:
        adapter = lms.get_adapter()
    except AdapterError:  # A static check has said so.
        return AdapterReport(evidence=docket.evidence())
    with read_only_database():
        trial = AdapterTrial(
            adapter=adapter,
            docket=docket,
            read=live_outlines.check_live_outlines(adapter, docket, sample=sample),
        )
        course_count, unit_count = len(trial.read), sum(len(each.nodes) for each in trial.read.values())
        live_pages.check_live_pages(trial, sample=sample)
        row_counts = live_rows.check_live_rows(trial, sample=sample)
    return AdapterReport(
        evidence=docket.evidence(), course_count=course_count, unit_count=unit_count, row_counts=row_counts
    )


def _subject(subject: object) -> str:
    return subject.__qualname__ if isinstance(subject, type) else "settings"
