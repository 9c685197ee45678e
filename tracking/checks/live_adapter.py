"""Tests the adapter against the live site: settings, URLconf, models and data."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.core.checks import WARNING, run_checks

from tracking import lms
from tracking.checks import live_outlines, live_pages, live_rows
from tracking.checks.problems import AdapterTrial, Problem, ProblemCollector, read_only_database
from tracking.exceptions import AdapterError


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterReport:
    """The problems that a test of the adapter found, and how much it checked."""

    problems: list[Problem]
    course_count: int = 0
    unit_count: int = 0
    row_counts: dict[str, int] = field(default_factory=dict)
    """Rows checked, by the label of each mapped model."""


def check_live_adapter(*, sample: int) -> AdapterReport:
    """Test the adapter with up to ``sample`` courses, units, and rows of each mapped model. Writes nothing.

    If there is no usable adapter, only the system checks run.
    """
    collector = ProblemCollector()
    for message in run_checks(tags=["tracking"]):
        if message.level >= WARNING and not message.is_silenced():
            collector.add(str(message.id), _entry_of(message.obj), message.msg, message.hint or "")
    try:
        adapter = lms.get_adapter()
    except AdapterError:  # A system check has reported it.
        return AdapterReport(problems=collector.problems())
    with read_only_database():
        trial = AdapterTrial(
            adapter=adapter,
            collector=collector,
            outlines=live_outlines.check_live_outlines(adapter, collector, sample=sample),
        )
        course_count, unit_count = (
            len(trial.outlines),
            sum(len(each.nodes) for each in trial.outlines.values()),
        )
        live_pages.check_live_pages(trial, sample=sample)
        row_counts = live_rows.check_live_rows(trial, sample=sample)
    return AdapterReport(
        problems=collector.problems(), course_count=course_count, unit_count=unit_count, row_counts=row_counts
    )


def _entry_of(subject: object) -> str:
    return subject.__qualname__ if isinstance(subject, type) else "settings"
