"""Views for tools that speak SQL: stable, read by anybody, silent about few, and out of the way of migrations."""

import json
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from tests import factories
from tests.factories import AT, COURSE
from tracking import models, receivers
from tracking.interchange import sql_views

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def views(db):
    sql_views.create()


def read(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.mark.parametrize("name", sql_views.names())
def test_every_view_can_be_read_and_its_columns_are_told(views, name):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {name}")
        columns = [column[0] for column in cursor.description]
    row = next(
        line for line in (DOCS / "sql.md").read_text().splitlines() if line.startswith(f"| `{name}` |")
    )
    assert re.findall(r"`(\w+)`", row)[1:] == columns


def test_a_class_of_few_is_not_told(views):
    factories.OutlineUnitFactory.create(unit_key="a", title="Tables")
    for key, count in (("a", 5), ("b", 4)):
        factories.UnitSummaryFactory.create(
            unit_key=key, learner_count=count, reached_count=2, timed_count=4, median_active_ms=9000
        )
    [row] = read("SELECT * FROM tracking_v1_unit_figures")
    assert (row["unit_title"], float(row["reached_share"])) == ("Tables", 0.4)
    assert row["median_active_seconds"] is None


def test_a_day_of_few_is_not_told(views):
    for number, count in ((1, 5), (2, 4)):
        day = AT.date().replace(day=number)
        models.CourseDay.objects.create(course_key=COURSE, day=day, learner_count=count, active_ms=1500)
    [row] = read("SELECT * FROM tracking_v1_course_days")
    assert float(row["active_seconds"]) == 1.5


def test_a_migration_finds_no_view_in_its_way_and_leaves_them_as_they_were(views):
    call_command("migrate", "tracking", verbosity=0)
    assert sql_views.exist()
    call_command("tracking_sql_views", "--drop")
    call_command("migrate", "tracking", verbosity=0)
    assert not sql_views.exist()


def test_they_do_not_come_back_where_the_tables_have_gone(views, monkeypatch):
    ours = apps.get_app_config("tracking")
    receivers.sql_views._take_away(ours, using="default")
    monkeypatch.setattr(type(connection.introspection), "table_names", lambda self: [])
    receivers.sql_views._bring_back(ours, using="default")
    assert not sql_views.exist()


def test_they_are_made_by_a_command_or_by_hand(db, capsys):
    call_command("tracking_sql_views", "--print")
    assert capsys.readouterr().out.count("CREATE VIEW") == len(sql_views.VIEWS)
    assert not sql_views.exist()
    call_command("tracking_sql_views")
    assert sql_views.exist()


@pytest.mark.postgresql
def test_every_panel_of_the_dashboard_asks_what_can_be_answered(views):
    panels = json.loads((DOCS / "grafana.json").read_text())["panels"]
    for panel in panels:
        for target in panel["targets"]:
            sql = (
                target["rawSql"]
                .replace("$__timeFilter(day)", "TRUE")
                .replace("$__timeFilter(started_at)", "TRUE")
            )
            read(sql.replace("${course}", COURSE))
