"""Views for tools that speak SQL: stable, read by anybody, silent about few, and out of the way of migrations."""

import json
import re
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.signals import pre_migrate

from tests import factories
from tests.factories import AT, COURSE
from tracking import models, receivers
from tracking.exports import sql_views

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def views(db):
    sql_views.create_views()


def read(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def execute(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.mark.parametrize("name", sql_views.view_names())
def test_every_view_can_be_read_and_its_columns_are_told(views, name):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {name}")
        columns = [column[0] for column in cursor.description]
    row = next(
        line for line in (DOCS / "sql-views.md").read_text().splitlines() if line.startswith(f"| `{name}` |")
    )
    assert re.findall(r"`(\w+)`", row)[1:] == columns


def test_a_class_of_few_is_not_told(views):
    factories.OutlineUnitFactory.create(unit_key="a", title="Tables")
    for key, count in (("a", 5), ("b", 4)):
        factories.UnitStatsFactory.create(
            unit_key=key, learner_count=count, reached_count=2, timed_count=4, median_active_ms=9000
        )
    row, few = read("SELECT * FROM tracking_v1_unit_stats ORDER BY unit_key")
    assert (row["unit_title"], float(row["reached_share"])) == ("Tables", 0.4)
    assert row["median_active_seconds"] is None
    assert {name for name, value in few.items() if value is not None} == {
        "course_key", "unit_key", "unit_title", "learner_count",
    }  # fmt: skip


def test_a_share_beside_few_others_is_not_told_and_none_or_all_is_said_roughly(views):
    """Of a class of ten, two did not come by a lesson that eight skipped or opened: the rest of ten is two."""
    for key, reached, skipped in (("a", 10, 0), ("b", 0, 8), ("c", 0, 5)):
        factories.UnitStatsFactory.create(
            unit_key=key, learner_count=10, reached_count=reached, skipped_count=skipped
        )
    rows = read("SELECT reached_share, skipped_share FROM tracking_v1_unit_stats ORDER BY unit_key")
    shown = [tuple(None if value is None else float(value) for value in row.values()) for row in rows]
    assert shown == [(0.9, 0.1), (0.1, None), (0.1, 0.9)]


def week_of(number, learner_count):
    models.CourseWeek.objects.create(
        course_key=COURSE, week=number, enrolled_count=12, learner_count=learner_count, timed_count=learner_count,
        active_ms=1500,
    )  # fmt: skip


def test_a_week_of_few_or_without_few_is_not_told_nor_the_newest(views):
    for number, learner_count in ((0, 5), (1, 4), (2, 10), (3, 12), (4, 12)):
        week_of(number, learner_count)
    rows = read("SELECT week, active_seconds FROM tracking_v1_course_weeks ORDER BY week")
    assert [(row["week"], float(row["active_seconds"])) for row in rows] == [(0, 2), (3, 2)]


OURS = apps.get_app_config("tracking")


def begin(app_label="tracking"):
    """Say that a migration is about to run; a migrate that failed says no more than that."""
    pre_migrate.send(sender=OURS, using="default", plan=[(Migration("0001", app_label), False)])


def test_views_that_are_not_there_are_not_made_by_a_migration(db):
    begin()
    call_command("migrate", verbosity=0)
    assert not sql_views.views_exist()


@pytest.mark.parametrize("app_label", [None, "courses"])
def test_a_migration_of_no_table_behind_them_does_not_touch_them(views, app_label):
    """Every migrate once dropped them, and with them who may read them, also where nothing was pending."""
    execute(
        "DROP VIEW tracking_v1_rejections", "CREATE VIEW tracking_v1_rejections AS SELECT 'mine' AS reason"
    )
    if app_label:
        begin(app_label)
    call_command("migrate", verbosity=0)
    assert read("SELECT * FROM tracking_v1_rejections") == [{"reason": "mine"}]


def test_they_read_no_table_during_a_migration_and_read_all_of_it_afterwards(views):
    factories.CourseOutlineFactory.create()
    begin()
    during = read("SELECT course_key FROM tracking_v1_courses")
    call_command("migrate", verbosity=0)
    assert (during, read("SELECT course_key FROM tracking_v1_courses")) == ([], [{"course_key": COURSE}])


@pytest.mark.parametrize("app_label", ["tracking", "auth"])
def test_a_migration_that_fails_leaves_them_to_the_next(views, app_label):
    """They were once gone for good: what had been taken away was known to a process that had ended."""
    factories.CourseOutlineFactory.create()
    begin(app_label)
    assert sql_views.views_exist()
    assert sql_views.are_views_emptied()
    begin(app_label)
    call_command("migrate", verbosity=0)
    assert read("SELECT course_key FROM tracking_v1_courses") == [{"course_key": COURSE}]
    assert not sql_views.are_views_emptied()


def test_they_stay_empty_while_the_tables_are_behind_the_models(views):
    begin()
    MigrationRecorder(connection).migration_qs.filter(app="tracking").latest("pk").delete()
    receivers.sql_views.restore_views_after_migrate(OURS, using="default")
    assert sql_views.are_views_emptied()


def test_they_go_where_the_tables_have_gone(views, monkeypatch):
    begin()
    monkeypatch.setattr(type(connection.introspection), "table_names", lambda self: [])
    receivers.sql_views.restore_views_after_migrate(OURS, using="default")
    assert not sql_views.views_exist()
    assert not sql_views.are_views_emptied()


GRANTS = """
    SELECT privilege_type, is_grantable FROM information_schema.role_table_grants
    WHERE grantee = 'tracking dashboards' AND table_name = 'tracking_v1_courses'"""
COLUMN_GRANTS = """
    SELECT column_name FROM information_schema.column_privileges
    WHERE grantee = 'tracking dashboards' AND table_name = 'tracking_v1_units'"""


@pytest.fixture
def granted(views):
    """A role that may read one view, and one column of another."""
    execute(
        'CREATE ROLE "tracking dashboards"',
        'GRANT SELECT ON tracking_v1_courses TO "tracking dashboards" WITH GRANT OPTION',
        'GRANT SELECT (title) ON tracking_v1_units TO "tracking dashboards"',
    )


def all_grants():
    return read(GRANTS), read(COLUMN_GRANTS)


WHOLE = ([{"privilege_type": "SELECT", "is_grantable": "YES"}], [{"column_name": "title"}])


@pytest.mark.postgresql
def test_who_may_read_them_may_do_so_after_they_were_made_anew(granted):
    call_command("tracking_sql_views")
    assert all_grants() == WHOLE


@pytest.mark.postgresql
def test_who_may_read_them_may_do_so_during_and_after_a_migration(granted):
    begin()
    during = all_grants()
    call_command("migrate", verbosity=0)
    assert [during, all_grants()] == [WHOLE] * 2


@pytest.mark.postgresql
def test_who_may_read_them_may_do_so_after_a_column_was_given_another_type(granted):
    begin()
    execute(
        "ALTER TABLE tracking_courseoutline ALTER COLUMN title TYPE text",
        "ALTER TABLE tracking_outlineunit ALTER COLUMN title TYPE text",
    )
    call_command("migrate", verbosity=0)
    assert all_grants() == WHOLE


def test_they_are_made_by_a_command_or_by_hand(db, capsys):
    call_command("tracking_sql_views", "--print-sql")
    assert capsys.readouterr().out.count("CREATE VIEW") == len(sql_views.VIEWS)
    assert not sql_views.views_exist()
    call_command("tracking_sql_views")
    assert sql_views.views_exist()


DASHBOARD = json.loads((DOCS / "grafana.json").read_text())
QUERIES = {
    f"{panel['title']}: {target['refId']}": (panel["type"], target)
    for panel in DASHBOARD["panels"]
    for target in panel["targets"]
}


def substituted(sql):
    """Return what Grafana sends: its macros and variables replaced."""
    sql = re.sub(
        r"\$__timeFilter\((\w+)\)", r"\1 BETWEEN '2026-01-01T00:00:00Z' AND '2026-12-31T00:00:00Z'", sql
    )
    sql = sql.replace("${course}", COURSE)
    assert "$" not in sql, "A macro or a variable that nobody replaces."
    return sql


@pytest.fixture
def told(views):
    """Something for every panel to show."""
    learner = factories.UserFactory.create()
    factories.CourseOutlineFactory.create(starts_at=AT)
    factories.OutlineUnitFactory.create(unit_key="a")
    for number in range(2):
        week_of(number, 12)
    factories.UnitStatsFactory.create(unit_key="a", learner_count=9, reached_count=5)
    factories.FindingFactory.create(learner=None, unit_key="a", opened_at=AT)
    factories.FindingFactory.create(learner=learner, unit_key="a", opened_at=AT)
    models.RejectionCount.objects.create(day=AT.date(), reason="too_old", rejected_count=3)
    models.JobRun.objects.create(job="roll_up", started_at=AT, finished_at=AT, handled_count=2)


@pytest.mark.postgresql
@pytest.mark.parametrize("name", QUERIES)
def test_every_panel_of_the_dashboard_has_rows_of_the_types_that_it_draws(told, name):
    kind, target = QUERIES[name]
    rows = read(substituted(target["rawSql"]))
    assert rows
    if target["format"] == "time_series":
        for row in rows:
            assert isinstance(row.pop("time"), datetime)
            # A text beside the numbers names the line that they belong to.
            drawn = [value for value in row.values() if not isinstance(value, str)]
            assert drawn
            assert all(isinstance(value, int | float | Decimal) for value in drawn)
    else:
        assert kind in {"table", "stat", "barchart"}


@pytest.mark.postgresql
def test_a_course_is_chosen_by_its_title(told):
    [variable] = [each for each in DASHBOARD["templating"]["list"] if each["type"] == "query"]
    assert read(variable["query"]) == [{"__value": COURSE, "__text": "Reading data"}]


def test_the_dashboard_is_one_that_grafana_imports():
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)
    assert DASHBOARD["schemaVersion"] >= 36
    for panel in DASHBOARD["panels"]:
        assert panel["datasource"] == {"type": "grafana-postgresql-datasource", "uid": "${datasource}"}
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24


def test_every_view_that_a_figure_names_is_there():
    named = {view for figure in sql_views.FIGURES for view in figure.views}
    assert named <= sql_views.VIEWS.keys()
    assert named == {name for name, select in sql_views.VIEWS.items() if "{figures}" in select}
