"""The tables of the page about how a class goes as files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from tracking.dashboards import csv_files
from tracking.dashboards.csv_files import Table
from tracking.insights.anomalies import Anomaly
from tracking.insights.cohorts import Cohort
from tracking.insights.flows import Flows
from tracking.insights.groups import GroupFigures
from tracking.insights.week_pattern import Hour

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


def of(
    cohorts: Sequence[Cohort],
    *,
    flow: Flows,
    groups: Sequence[GroupFigures],
    hours: Sequence[Hour],
    unusual: Sequence[Anomaly],
) -> Mapping[str, Callable[[], Table]]:
    """Return the tables of one page by the name that ``?table=`` asks for."""
    return {
        "weeks": partial(_weeks, cohorts),
        "leaving": partial(csv_files.table, LEAVING, flow.leaving),
        "groups": partial(_groups, groups),
        "hours": partial(csv_files.table, HOURS, hours),
        "anomalies": partial(csv_files.table, ANOMALIES, unusual),
    }


def _weeks(cohorts: Sequence[Cohort]) -> Table:
    """Return the weeks of each class; the first is 1, as on the page."""
    return Table(
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


def _groups(groups: Sequence[GroupFigures]) -> Table:
    return Table(
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
