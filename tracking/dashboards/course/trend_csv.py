"""Tables of the trends page as CSV files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from tracking.dashboards import csv_files
from tracking.dashboards.csv_files import CsvTable
from tracking.reports.course.activity_hours import HourOfWeek
from tracking.reports.course.anomalies import Anomaly
from tracking.reports.course.cohorts import Cohort
from tracking.reports.course.groups import GroupReport
from tracking.reports.course.transitions import Transitions

WEEKS = {
    "week": "week", "learners": "learner_count", "learner_share": "learner_share", "active_seconds": "active_seconds",
    "views": "view_count", "accesses": "access_count", "attempts": "attempt_count",
}  # fmt: skip
LEAVING = {"unit_key": "key", "title": "title", "learners": "learner_count"}
HOURS = {
    "weekday": "weekday", "hour": "hour", "learners": "learner_count", "active_seconds": "active_seconds",
    "views": "view_count",
}  # fmt: skip
ANOMALIES = {"day": "day", "measure": "measure.value", "value": "value", "usual": "usual", "change": "change"}
GROUPS = (
    "group_key", "group", "learners", "unit_key", "title", "kind", "reached_share", "completed_share",
    "skipped_share", "first_try_share", "median_active_seconds",
)  # fmt: skip


def trend_tables(
    cohorts: Sequence[Cohort],
    *,
    flow: Transitions,
    groups: Sequence[GroupReport],
    hours: Sequence[HourOfWeek],
    unusual: Sequence[Anomaly],
) -> Mapping[str, Callable[[], CsvTable]]:
    """Return the tables of the page by the name that ``?table=`` takes."""
    return {
        "weeks": partial(_weeks, cohorts),
        "drop_offs": partial(csv_files.csv_table, LEAVING, flow.drop_offs),
        "groups": partial(_groups, groups),
        "hours": partial(csv_files.csv_table, HOURS, hours),
        "anomalies": partial(csv_files.csv_table, ANOMALIES, unusual),
    }


def _weeks(cohorts: Sequence[Cohort]) -> CsvTable:
    """Return the weeks of each class. They are numbered from 1, as on the page."""
    return CsvTable(
        columns=("course_key", "course", *WEEKS),
        rows=(
            (
                cohort.course_key,
                cohort.course_title,
                week.week + 1,
                week.learner_count,
                week.learner_share,
                week.active_seconds,
                week.view_count,
                week.access_count,
                week.attempt_count,
            )
            for cohort in cohorts
            for week in cohort.weeks
        ),
    )


def _groups(groups: Sequence[GroupReport]) -> CsvTable:
    return CsvTable(
        columns=GROUPS,
        rows=(
            (
                group.key,
                group.title,
                group.learner_count,
                unit.key,
                unit.title,
                unit.kind,
                unit.reached_share,
                unit.completed_share,
                unit.skipped_share,
                unit.first_try_share,
                unit.active_spread.median_seconds if unit.active_spread else None,
            )
            for group in groups
            for unit in group.units
        ),
    )
