"""Tables about one learner as CSV files: the learner's own page, the instructor's page, and one attempt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from tracking.dashboards import csv_files
from tracking.dashboards.csv_files import CsvTable
from tracking.reports.learner.attempt_review import AttemptReview
from tracking.reports.learner.progress import LearnerProgress

ATTEMPTS = {
    "attempt_id": "attempt_id", "unit_key": "unit_key", "quiz": "unit_title", "attempt_number": "attempt_number",
    "submitted_at": "submitted_at", "share": "share", "is_passed": "is_passed", "change": "change",
}  # fmt: skip
DAYS = {"day": "day", "active_seconds": "active_seconds", "estimated_seconds": "estimated_seconds"}
UNITS = (
    "module", "unit_key", "title", "kind", "state", "is_required", "active_seconds", "estimated_seconds", "views",
    "attempts", "best_share", "due_at", "last_at",
)  # fmt: skip
ANSWERS = {
    "question": "question_key", "is_correct": "is_correct", "was_correct": "was_correct", "points": "points",
    "max_points": "max_points",
}  # fmt: skip


def learner_tables(found: LearnerProgress) -> Mapping[str, Callable[[], CsvTable]]:
    """Return the tables of a learner's page by the name that ``?table=`` takes."""
    return {
        "units": partial(_units, found),
        "attempts": partial(csv_files.csv_table, ATTEMPTS, found.attempts),
        "days": partial(csv_files.csv_table, DAYS, found.days),
        "hours": partial(_hours, found),
    }


def attempt_answers_table(found: AttemptReview) -> Mapping[str, Callable[[], CsvTable]]:
    """Return the table of the answers of one attempt."""
    return {"answers": partial(csv_files.csv_table, ANSWERS, found.answers)}


def _units(found: LearnerProgress) -> CsvTable:
    return CsvTable(
        columns=UNITS,
        rows=(
            (
                module.title,
                unit.key,
                unit.title,
                unit.kind,
                unit.state.value if unit.state else None,
                unit.is_required,
                unit.active_seconds,
                unit.estimated_seconds,
                unit.view_count,
                unit.attempt_count,
                unit.best_share,
                unit.due_at,
                unit.last_at,
            )
            for module in found.modules
            for unit in module.units
        ),
    )


def _hours(found: LearnerProgress) -> CsvTable:
    return CsvTable(columns=("hour", "active_seconds"), rows=enumerate(found.hours))
