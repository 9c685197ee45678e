"""A month of raw events goes at once, without loss to what was counted."""

from collections import Counter
from datetime import timedelta

from tests.privacy.months.tables import ON_POSTGRESQL, month, tables
from tests.rollups.all_rows import rows
from tracking import jobs
from tracking.events import Purpose
from tracking.models import Event, JobRun, LearnerUnit, LearnerUnitDay
from tracking.privacy import partition_drop, retention
from tracking.rollups.engine import pipeline, rebuild
from tracking.rollups.engine.rebuild import RebuildScope

COUNTED = (LearnerUnit, LearnerUnitDay)


@ON_POSTGRESQL
def test_a_month_goes_when_its_last_event_is_due_and_what_was_counted_stays(old_months):
    before = rows(*COUNTED)
    assert partition_drop.drop_expired_months(now=old_months - timedelta(days=1)).months == []
    dropped = partition_drop.drop_expired_months(now=old_months)
    assert (dropped.months, dropped.event_counts, dropped.moved_count) == (
        [month(2025, 9)], Counter({Purpose.ENGAGEMENT: 2}), 0,
    )  # fmt: skip
    sum(rebuild.mark_for_rebuild(RebuildScope()))
    pipeline.process_changes(now=old_months)
    assert rows(*COUNTED) == before
    assert "2025_09" not in tables()


@ON_POSTGRESQL
def test_an_event_of_a_month_that_went_is_not_counted_again(old_months, keep):
    before = rows(*COUNTED)
    [gone] = Event.objects.order_by("happened_at")[:1]
    jobs.purge_expired(now=old_months)
    assert keep(170, key=gone.pk)[1] == 1
    pipeline.process_changes(now=old_months)
    assert (rows(*COUNTED), tables()["default"]) == (before, 1)
    assert (
        retention.purge_raw_events(
            now=old_months, among=partition_drop.rows_outside_dropped_months(now=old_months)
        ).count
        == 1
    )


@ON_POSTGRESQL
def test_what_is_not_rolled_up_outlives_its_month(old_months, keep):
    event, _ = keep(166)
    dropped = partition_drop.drop_expired_months(now=old_months)
    assert (dropped.months, dropped.moved_count) == ([month(2025, 9)], 3)
    assert Event.objects.filter(pk=event.id).exists()
    pipeline.process_changes(now=old_months)
    assert (
        retention.purge_raw_events(
            now=old_months, among=partition_drop.rows_outside_dropped_months(now=old_months)
        ).count
        == 3
    )
    assert LearnerUnit.objects.get(unit_key="a").access_count == 5


@ON_POSTGRESQL
def test_what_was_rolled_up_while_its_month_was_about_to_go_outlives_it(old_months, keep, monkeypatch):
    """Its day is not final, so a rebuild would have made it again without its source."""
    finalise = partition_drop._finalise

    def and_then(*arguments):
        finalise(*arguments)
        keep(168)
        pipeline.process_changes(now=old_months)

    monkeypatch.setattr(partition_drop, "_finalise", and_then)
    assert partition_drop.drop_expired_months(now=old_months).moved_count == 3
    before = rows(*COUNTED)
    sum(rebuild.mark_for_rebuild(RebuildScope()))
    pipeline.process_changes(now=old_months)
    assert rows(*COUNTED) == before


@ON_POSTGRESQL
def test_what_a_wrong_clock_put_into_an_old_month_outlives_it(old_months, keep):
    event, _ = keep(2, id_days_ago=167)
    pipeline.process_changes(now=old_months)
    dropped = partition_drop.drop_expired_months(now=old_months)
    assert (dropped.event_counts, dropped.moved_count) == (Counter({Purpose.ENGAGEMENT: 2}), 1)
    assert Event.objects.filter(pk=event.id).exists()
    assert keep(2, key=event.id)[1] == 0


@ON_POSTGRESQL
def test_a_purpose_that_is_kept_longer_outlives_the_month(old_months, keep, settings):
    settings.TRACKING = {**settings.TRACKING, "RECORD_EVENT_DAYS": 0}
    keep(169, kind="unit.completed")
    pipeline.process_changes(now=old_months)
    assert partition_drop.drop_expired_months(now=old_months).moved_count == 1
    assert Event.objects.filter(kind="unit.completed").exists()


@ON_POSTGRESQL
def test_within_a_month_that_is_not_due_nothing_goes_row_by_row(old_months):
    later = old_months + timedelta(days=20)
    partition_drop.drop_expired_months(now=later)
    before = tables()
    assert (
        retention.purge_raw_events(
            now=later, among=partition_drop.rows_outside_dropped_months(now=later)
        ).event_counts.total()
        == 0
    )
    assert tables() == before


@ON_POSTGRESQL
def test_nothing_goes_where_events_are_kept_for_ever(old_months, settings):
    settings.TRACKING = {**settings.TRACKING, "RAW_EVENT_DAYS": 0}
    assert partition_drop.drop_expired_months(now=old_months).months == []


@ON_POSTGRESQL
def test_the_daily_job_makes_months_and_drops_others(old_months):
    assert jobs.purge_expired(now=old_months) == 2
    run = JobRun.objects.get(job="purge_expired")
    assert run.summary == "2 events (engagement); 0 page views; dropped tracking_event_2025_09"
