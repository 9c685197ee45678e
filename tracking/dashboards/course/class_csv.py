"""Tables of the class pages as CSV files: the same rows, with the same filters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse
from django.utils.text import slugify

from tracking.dashboards import csv_files
from tracking.dashboards.lesson import lesson_csv
from tracking.models import OutlineUnit
from tracking.reports.course import hard_questions, progress_grid
from tracking.reports.course.learner_rows import LearnerRow
from tracking.reports.course.overview import ClassOverview
from tracking.reports.course.progress_grid import GridLearner, ProgressGrid
from tracking.reports.course.units import UnitReport

LEARNERS = (
    "learner_id", "learner", "group", "completed", "required", "skipped", "not_passed", "attempts", "active_seconds",
    "estimated_seconds", "reported_later_seconds", "last_seen_at", "shares_engagement", "reasons",
)  # fmt: skip
LESSONS = (
    "module", "unit_key", "title", "kind", "is_required", "learners", "reached_share", "skipped_share",
    "completed_share", "median_active_seconds", "expected_seconds", "first_try_share", "first_try_count",
    "passed_share",
)  # fmt: skip
CHECK_IN = ("learner_id", "learner", "group", "unit", "reason", "sentence", "weight", "opened_at")
CHANGES = {"measure": "measure.value", "these_7_days": "now", "the_7_before": "before"}
AT_A_TIME = 100


def learners_csv(course_key: str, found: Iterable[LearnerRow]) -> StreamingHttpResponse:
    """Return the learners of a class, one a line. What a learner does not share is empty, never 0."""
    return csv_files.stream_csv(
        _name(course_key, "learners"),
        LEARNERS,
        (
            (
                row.learner_id,
                row.name,
                row.group_title,
                row.completed_count,
                row.required_count,
                row.skipped_count,
                row.failed_count,
                row.attempt_count,
                row.active_seconds,
                row.estimated_seconds,
                row.reported_later_seconds,
                row.last_at,
                "yes" if row.shares_engagement else "no",
                "; ".join(finding.reason for finding in row.findings),
            )
            for row in found
        ),
    )


def check_in_csv(course_key: str, found: Iterable[LearnerRow]) -> StreamingHttpResponse:
    """Return the check-in list, one line for each reason of each learner."""
    return csv_files.stream_csv(
        _name(course_key, "check-in"),
        CHECK_IN,
        (
            (
                row.learner_id,
                row.name,
                row.group_title,
                finding.unit_title,
                finding.reason,
                finding.sentence,
                finding.weight,
                finding.opened_at,
            )
            for row in found
            for finding in row.findings
        ),
    )


def lessons_csv(course_key: str, found: Iterable[UnitReport]) -> StreamingHttpResponse:
    """Return the lessons and quizzes of a class, one a line. A figure of nothing is empty."""
    return csv_files.stream_csv(
        _name(course_key, "lessons"),
        LESSONS,
        (
            (
                unit.module_title,
                unit.key,
                unit.title,
                unit.kind,
                "yes" if unit.is_required else "no",
                unit.learner_count,
                unit.reached_share,
                unit.skipped_share,
                unit.completed_share,
                unit.median_active_seconds,
                unit.expected_seconds,
                unit.first_try_share,
                unit.first_try_count,
                unit.passed_share,
            )
            for unit in found
        ),
    )


def questions_csv(course_key: str) -> StreamingHttpResponse:
    """Return every question of a course, the hardest first, one a line. The page shows only the hardest."""
    units = {unit.unit_key: unit for unit in OutlineUnit.objects.filter(course_key=course_key)}
    table = lesson_csv.lesson_questions_csv(hard_questions.all_questions(course_key, units))
    return csv_files.stream_csv(_name(course_key, "questions"), table.columns, table.rows)


def changes_csv(overview: ClassOverview) -> StreamingHttpResponse:
    """Return the last 7 days compared with the 7 before, one line for each measure."""
    table = csv_files.csv_table(CHANGES, overview.week)
    return csv_files.stream_csv(_name(overview.course_key, "changes"), table.columns, table.rows)


def progress_grid_csv(grid: ProgressGrid, learners: Sequence[GridLearner]) -> StreamingHttpResponse:
    """Return one line for each learner and one column for each unit or module. What is not shared is empty."""
    return csv_files.stream_csv(
        _name(grid.course.course_key, "states"),
        (
            "learner_id",
            "learner",
            "group",
            *(csv_files.escape_formula(column.title) for column in grid.columns),
        ),
        _grid_rows(grid, learners),
    )


def _grid_rows(grid: ProgressGrid, learners: Sequence[GridLearner]) -> Iterator[tuple[object, ...]]:
    for start in range(0, len(learners), AT_A_TIME):
        for row in progress_grid.grid_rows(grid, learners[start : start + AT_A_TIME], grid.columns):
            yield (
                row.learner_id,
                row.name,
                row.group_title,
                *(cell.state.value if cell.state else None for cell in row.cells),
            )


def _name(course_key: str, what: str) -> str:
    return f"{slugify(course_key) or 'course'}-{what}"
