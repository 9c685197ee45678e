"""Raw events in a table a month: every row is kept, and an id is stored once whatever happens."""

import uuid
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from tests.privacy.months.tables import ON_POSTGRESQL, month, run, tables
from tracking.capture import uuid7
from tracking.management.doctor import data
from tracking.models import Event, JobRun
from tracking.privacy import partition_conversion, partition_drop, partitions, retention
from tracking.rollups.engine import pipeline


def test_a_month_has_the_ids_that_are_made_in_it():
    may = month(2026, 5)
    ids = [
        str(uuid7.make_uuid7(at))
        for at in (may.start, may.next.start - timedelta(milliseconds=1), may.next.start)
    ]
    assert [may.lowest_id <= each < may.next.lowest_id for each in ids] == [True, True, False]
    assert (may.table, partitions.month_of_table(may.table)) == ("tracking_event_2026_05", may)
    assert month(2026, 12).next == month(2027, 1)


def test_where_there_are_no_partitions_every_event_goes_row_by_row(course, keep, now):
    keep(200)
    pipeline.process_changes(now=now)
    assert (partitions.create_ahead(now=now), partition_drop.drop_expired_months(now=now).months) == ([], [])
    assert (
        retention.purge_raw_events(now=now, among=partition_drop.rows_outside_dropped_months(now=now)).count
        == 1
    )


@pytest.mark.skipif(
    connection.vendor == "postgresql",
    reason="PostgreSQL has partitions; this is what databases without them are told",
)
def test_other_databases_are_told_that_they_have_no_partitions(db):
    with pytest.raises(CommandError, match="Only PostgreSQL has partitions"):
        call_command("tracking_partition")


@ON_POSTGRESQL
def test_a_table_in_use_becomes_months_and_keeps_every_row(course, keep, now):
    stored = {keep(days)[0].id for days in (0, 1, 30, 40, 100)} | {keep(3, key=uuid.uuid4())[0].id}
    out = run("--dry-run")
    assert "tracking_event_2026_01: 1 events to copy" in out
    assert not partitions.is_partitioned()
    run()
    assert set(Event.objects.values_list("pk", flat=True)) == stored
    assert {name: count for name, count in tables().items() if count} == {
        "2025_12": 1, "2026_01": 1, "2026_02": 1, "2026_03": 2, "default": 1,
    }  # fmt: skip


@ON_POSTGRESQL
def test_a_second_run_finds_nothing_to_do(keep, partitioned, now):
    keep(1)
    before = tables()
    run()
    assert tables() == before


@ON_POSTGRESQL
def test_a_move_that_was_cut_short_is_taken_up_again(keep, partitioned, now, monkeypatch):
    """Between the two runs an event came late and another was erased; both were copied as they had been."""
    keys = [keep(102 + number)[0].id for number in range(3)]
    monkeypatch.setattr(partition_conversion, "BATCH", 1)

    def stop(done):
        if done == 2:
            raise KeyboardInterrupt

    november = month(2025, 11)
    with pytest.raises(KeyboardInterrupt):
        partition_conversion.move_month(november, on_progress=stop)
    Event.objects.filter(pk=keys[2]).delete()
    late = keep(103, key=uuid.UUID(november.lowest_id))[0].id
    moved = partition_conversion.move_month(november)
    assert set(Event.objects.values_list("pk", flat=True)) == {keys[0], keys[1], late}
    assert (moved.month, tables()["2025_11"], tables()["default"]) == (november, 3, 0)


@ON_POSTGRESQL
@pytest.mark.parametrize("kept", ["in a month", "in none"])
def test_an_id_that_comes_again_with_another_time_is_stored_once(keep, partitioned, kept):
    event, _ = keep(1, key=None if kept == "in a month" else uuid.uuid4())
    for days_ago in (1, 40, 200, -3):
        assert keep(days_ago, key=event.id)[1] == 0
    assert Event.objects.count() == 1


@ON_POSTGRESQL
def test_an_id_is_known_again_after_its_month_was_made_and_its_rows_were_moved(keep, partitioned, now):
    early, _ = keep(-150)
    assert tables()["default"] == 1
    partitions.create_ahead(now=now + timedelta(days=100))
    assert tables()["2026_08"] == 1
    assert keep(0, key=early.id)[1] == 0


@ON_POSTGRESQL
def test_months_are_made_before_they_begin(partitioned, now):
    assert list(tables()) == ["2026_03", "2026_04", "2026_05", "2026_06", "default"]
    assert partitions.create_ahead(now=now + timedelta(days=31)) == [month(2026, 7)]
    assert partitions.create_ahead(now=now + timedelta(days=31)) == []


@ON_POSTGRESQL
def test_a_month_that_would_take_in_very_many_rows_waits_for_the_command(keep, partitioned, now, monkeypatch):
    monkeypatch.setattr(partitions, "MAX_MOVED_ROWS", 0)
    keep(-150)
    made = partitions.create_ahead(now=now + timedelta(days=100))
    assert made == [month(2026, 7), month(2026, 9)]


@ON_POSTGRESQL
def test_a_later_migration_may_change_the_table(keep, partitioned, now):
    """What Django does to the table, by the names that it gave, reaches every month."""
    keep(1)
    keep(1, key=uuid.uuid4())
    before = ProjectState.from_apps(apps)
    operations = [
        migrations.AddField("event", "added", models.CharField(max_length=3, default="x")),
        migrations.AddIndex("event", models.Index(fields=["added"], name="tracking_event_added")),
        migrations.RemoveIndex("event", "tracking_event_learner_day"),
        migrations.RemoveConstraint("event", "tracking_event_kind_given"),
    ]
    state = before
    with connection.schema_editor() as editor:
        for operation in operations:
            after = state.clone()
            operation.state_forwards("tracking", after)
            operation.database_forwards("tracking", editor, state, after)
            state = after
    assert partitions.query_sql("SELECT DISTINCT added FROM tracking_event") == [("x",)]
    partitions.create_ahead(now=now + timedelta(days=40))


@ON_POSTGRESQL
def test_the_statement_of_the_intake_reaches_one_partition(partitioned, now):
    plan = "\n".join(
        line
        for (line,) in partitions.query_sql(
            "EXPLAIN SELECT 1 FROM tracking_event WHERE id = %s", [str(uuid7.make_uuid7(now))]
        )
    )
    assert "tracking_event_2026_03" in plan
    assert plan.count("Index Only Scan") == 1


@ON_POSTGRESQL
def test_the_doctor_tells_when_the_months_to_come_are_not_made(partitioned, now):
    JobRun.objects.create(job="purge_expired", started_at=now)
    line = data.check_retention(now)
    assert (line.health, line.fact[-26:]) == ("ok", "; in months up to 2026-06.")
    JobRun.objects.create(job="purge_expired", started_at=now + timedelta(days=100))
    assert data.check_retention(now + timedelta(days=100)).health == "warning"


@ON_POSTGRESQL
def test_what_would_break_is_told_before_anything_is_done(course):
    partitions.execute_sql("CREATE VIEW readings AS SELECT * FROM tracking_event")
    partitions.execute_sql("CREATE TABLE notes (event_id uuid REFERENCES tracking_event (id))")
    with pytest.raises(CommandError, match=r"notes has a foreign key.* The view readings reads"):
        run()
