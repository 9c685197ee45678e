"""Read-only SQL views for reporting tools: their names and columns stay stable when the tables behind them change.

Times are in seconds, shares from 0.1 (under 10 %) to 0.9 (over 90 %). A figure about a class is null if it, or the rest
of the class, covers fewer people than ``MIN_GROUP_SIZE`` (``tracking.disclosure``). Views about single learners have
``learner`` in their names, so that a role can be denied access.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import ProgrammingError, connection, transaction
from django.db.backends.utils import CursorWrapper

from tracking import disclosure
from tracking.definitions import learners, shares, times
from tracking.definitions.minimums import Minimum
from tracking.definitions.shares import Ratio, Share
from tracking.definitions.times import StoredFigure
from tracking.exports import view_grants

PREFIX = "tracking_v1_"
EMPTIED_MARKER = "tracking_sql_views_emptied"
"""Exists while the other views are emptied, so that a later process notices if a migration failed in between."""

VIEWS: Mapping[str, str] = {
    "courses": """
        SELECT course_key, title, starts_at, ends_at, is_simulated, rolled_up_at FROM tracking_courseoutline""",
    "units": """
        SELECT course_key, unit_key, parent_key, kind, title, position, is_required, is_available, expected_seconds,
            due_at
        FROM tracking_outlineunit""",
    "course_weeks": """
        SELECT t.course_key, t.week, t.learner_count, {active_seconds}
        FROM tracking_courseweek AS t
        WHERE {closed_weeks} AND t.timed_count >= {minimum}
            AND t.week < (SELECT MAX(w.week) FROM tracking_courseweek AS w WHERE w.course_key = t.course_key)""",
    "unit_stats": """
        SELECT t.course_key, t.unit_key, {title}, t.learner_count, {figures}
        FROM tracking_unitstats AS t {units} {class}""",
    "module_stats": """
        SELECT t.course_key, t.module_key, COALESCE(u.title, '') AS module_title, t.unit_count, t.learner_count,
            {figures}
        FROM tracking_modulestats AS t LEFT JOIN tracking_outlineunit AS u
            ON u.course_key = t.course_key AND u.unit_key = t.module_key {class}""",
    "questions": """
        SELECT t.course_key, t.unit_key, {title}, t.question_key, t.learner_count, {figures}
        FROM tracking_questionstats AS t {units} {class} WHERE {closed_questions}""",
    "class_findings": """
        SELECT t.course_key, t.unit_key, {title}, t.reason, t.opened_at, t.cleared_at
        FROM tracking_finding AS t {units} WHERE t.learner_id IS NULL""",
    "learner_courses": """
        SELECT learner_id, course_key, {active_seconds}, {estimated_seconds}, required_count, completed_count,
            skipped_count, failed_count, attempt_count, first_at, last_at, {reported_later_seconds}
        FROM tracking_learnercourse""",
    "learner_units": """
        SELECT t.learner_id, t.course_key, t.unit_key, {title}, t.state, {active_seconds}, {media_seconds},
            t.view_count + t.access_count AS view_count, t.attempt_count,
            t.first_share, t.best_share, t.last_share, t.first_at, t.last_at
        FROM tracking_learnerunit AS t {units}""",
    "learner_days": """
        SELECT learner_id, course_key, day, {active_seconds}, view_count, access_count
        FROM tracking_learnercourseday""",
    "learner_attempts": """
        SELECT t.learner_id, t.course_key, t.unit_key, {title}, t.started_at, t.submitted_at, t.score, t.max_score,
            {result}, t.is_passed
        FROM tracking_attempt AS t {units}""",
    "learner_findings": """
        SELECT t.learner_id, t.course_key, t.unit_key, {title}, t.reason, t.weight, t.opened_at, t.cleared_at
        FROM tracking_finding AS t {units} WHERE t.learner_id IS NOT NULL""",
    "learner_skills": """
        SELECT learner_id, course_key, skill_key, answered_count, correct_count, expected_share, observed_share,
            first_at, last_at, review_due_at
        FROM tracking_learnerskill""",
    "learner_risks": """
        SELECT learner_id, course_key, day, {risk}, score, assessed_at
        FROM tracking_learnerrisk""",
    "rejections": """
        SELECT day, reason, rejected_count FROM tracking_rejectioncount""",
    "job_runs": """
        SELECT job, started_at, finished_at, handled_count, error FROM tracking_jobrun""",
}
"""The ``SELECT`` of each view by its name without the prefix. ``{minimum}`` is ``MIN_GROUP_SIZE``; see ``PARTS``.

``{figures}`` are the figures over a class whose definitions name the view, each of a table with the alias ``t``; each
definition writes its own expression.
"""

PARTS: Mapping[str, str] = {
    "{title}": "COALESCE(u.title, t.unit_key) AS unit_title, u.kind AS unit_kind",
    "{class}": (
        "LEFT JOIN (SELECT course_key, MAX(learner_count) AS learner_count FROM tracking_unitstats"
        " GROUP BY course_key) AS c ON c.course_key = t.course_key"
    ),
    "{units}": "LEFT JOIN tracking_outlineunit AS u ON u.course_key = t.course_key AND u.unit_key = t.unit_key",
}

FIGURES: Sequence[Ratio | StoredFigure] = [
    each for each in (*vars(shares).values(), *vars(times).values()) if isinstance(each, Ratio | StoredFigure)
]
"""Every figure about a class that a definition declares."""

COLUMNS: Mapping[str, str] = {
    "{active_seconds}": f"{times.seconds_sql('active_ms')} AS active_seconds",
    "{estimated_seconds}": f"{times.seconds_sql('estimated_ms')} AS estimated_seconds",
    "{reported_later_seconds}": f"{times.seconds_sql('reported_later_ms')} AS reported_later_seconds",
    "{media_seconds}": f"{times.seconds_sql('media_ms')} AS media_seconds",
    "{result}": f"{learners.result_sql('t.')} AS share",
    "{risk}": f"{learners.risk_sql()} AS risk",
}
"""Figures from a single row."""


def view_names() -> list[str]:
    """Return the names of the views."""
    return [f"{PREFIX}{name}" for name in VIEWS]


def view_statements() -> list[str]:
    """Return the statements that create the views, for an operator who prefers to run them."""
    return [f"CREATE VIEW {name} AS{select}" for name, select in _selects().items()]


def views_exist() -> bool:
    """Return whether any of the views exist."""
    return bool(_existing_views() & set(view_names()))


def are_views_emptied() -> bool:
    """Return whether the views are emptied and not recreated yet, whichever process emptied them."""
    return EMPTIED_MARKER in _existing_views()


@transaction.atomic
def create_views() -> None:
    """Create the views, or replace them with their current definition. Existing grants are kept."""
    existing = _existing_views()
    with connection.cursor() as cursor:
        for name, select in _selects().items():
            if name in existing:
                _replace(cursor, name, select)
            else:
                cursor.execute(f"CREATE VIEW {name} AS{select}")
        cursor.execute(f"DROP VIEW IF EXISTS {EMPTIED_MARKER}")


@transaction.atomic
def empty_views() -> None:
    """Empty the views: they keep names, columns and grants, but read no table, so that tables can be migrated."""
    existing = _existing_views()
    with connection.cursor() as cursor:
        for name in view_names():
            if name in existing:
                _replace(cursor, name, f" SELECT {', '.join(_null_columns(cursor, name))} LIMIT 0")
        if EMPTIED_MARKER not in existing:
            cursor.execute(f"CREATE VIEW {EMPTIED_MARKER} AS SELECT 1 AS yes")


@transaction.atomic
def drop_views() -> None:
    """Drop the views."""
    with connection.cursor() as cursor:
        for name in [*view_names(), EMPTIED_MARKER]:
            cursor.execute(f"DROP VIEW IF EXISTS {name}")


def _selects() -> dict[str, str]:
    parts = {
        **PARTS,
        **COLUMNS,
        "{closed_weeks}": disclosure.closed_sql("t.learner_count", whole="t.enrolled_count"),
        "{closed_questions}": disclosure.closed_sql("t.learner_count", whole="c.learner_count"),
        "{minimum}": str(Minimum.GROUP.people()),
    }
    statements = {}
    for name, select in VIEWS.items():
        figures = ", ".join(f"{_figure(each)} AS {each.name}" for each in FIGURES if name in each.views)
        for part, text in {**parts, "{figures}": figures}.items():
            select = select.replace(part, text)  # noqa: PLW2901  Part after part.
        statements[f"{PREFIX}{name}"] = select
    return statements


def _figure(figure: Ratio | StoredFigure) -> str:
    """Return the SQL expression of a figure for a reader who may not see persons."""
    closed = disclosure.closed_sql(figure.people_sql("t."), whole="c.learner_count")
    value = figure.sql("t.")
    shown = disclosure.unseen_share_sql(value) if isinstance(figure, Share) else value
    return f"CASE WHEN {closed} THEN {shown} END"


def _existing_views() -> set[str]:
    with connection.cursor() as cursor:
        return {table.name for table in connection.introspection.get_table_list(cursor) if table.type == "v"}


def _replace(cursor: CursorWrapper, name: str, select: str) -> None:
    """Change an existing view to ``select``, keeping its grants."""
    grants: list[str] = []
    if connection.vendor == "postgresql":
        try:
            # CREATE OR REPLACE keeps grants, and the views that others have built on this one.
            with transaction.atomic():
                cursor.execute(f"CREATE OR REPLACE VIEW {name} AS{select}")
        except ProgrammingError:  # A column has changed its type: drop the view and grant again.
            grants = view_grants.view_grants(cursor, name)
        else:
            return
    cursor.execute(f"DROP VIEW {name}")
    cursor.execute(f"CREATE VIEW {name} AS{select}")
    for grant in grants:
        cursor.execute(grant)


def _null_columns(cursor: CursorWrapper, name: str) -> list[str]:
    if connection.vendor == "postgresql":
        # Include the type modifiers: PostgreSQL does not replace a view by one with other column types.
        cursor.execute(
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 ORDER BY attnum",
            [name],
        )
        return [f"CAST(NULL AS {kind}) AS {column}" for column, kind in cursor.fetchall()]
    cursor.execute(f"SELECT * FROM {name} LIMIT 0")  # noqa: S608  One of our own names.
    return [f"NULL AS {column[0]}" for column in cursor.description]
