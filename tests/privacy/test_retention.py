"""Raw events go when their time is over; what was counted from them stays, whatever happens later."""

from collections import Counter
from datetime import timedelta

import pytest

from tests.messages import batch, opened, progress
from tests.rollups.all_rows import rows
from tracking import events, jobs
from tracking.capture import event_store, uuid7
from tracking.events import EventSource, Purpose
from tracking.models import (
    Event,
    JobRun,
    LearnerCourseDay,
    LearnerUnit,
    LearnerUnitDay,
    PageView,
    PendingChange,
)
from tracking.privacy import partition_conversion, partitions, retention
from tracking.rollups.engine import pipeline, rebuild
from tracking.rollups.engine.rebuild import RebuildScope

COUNTED = (LearnerUnit, LearnerUnitDay)


@pytest.fixture(params=["in one table", pytest.param("in months", marks=pytest.mark.postgresql)])
def course(request, school, learner, now):
    if request.param == "in months":
        # Constraints that wait for the commit would forbid to change a table that the transaction has written to.
        partitions.execute_sql("SET CONSTRAINTS ALL IMMEDIATE")
        partition_conversion.convert_table()
        partitions.create_ahead(now=now)
    school.course("c", lessons=["a", "b"])
    school.enrol(learner, "c")
    return school


@pytest.fixture
def read(course, learner, send, now):
    """Send a minute of reading, some days ago."""

    def read(days_ago, unit="b"):
        moment = now - timedelta(days=days_ago)
        send(learner, batch(progress(moment, unit, [[0, 60_000]]), sent_at=moment), received_at=moment)

    return read


@pytest.fixture
def old_and_new(read, now):
    read(200)
    read(1)
    pipeline.process_changes(now=now)


def test_old_events_go_and_new_ones_stay(old_and_new, now):
    assert retention.purge_raw_events(now=now).count == 2
    assert [now - event.happened_at for event in Event.objects.all()] == [timedelta(days=1)]
    assert PageView.objects.count() == 1


def test_what_was_counted_from_them_stays(old_and_new, now):
    before = rows(*COUNTED)
    retention.purge_raw_events(now=now)
    assert rows(*COUNTED) == before


def test_a_rebuild_after_a_purge_keeps_what_it_cannot_count_again(old_and_new, now):
    before = rows(*COUNTED)
    retention.purge_raw_events(now=now)
    sum(rebuild.mark_for_rebuild(RebuildScope()))
    pipeline.process_changes(now=now)
    assert rows(*COUNTED) == before


def test_the_day_after_the_last_purged_one_is_final_too(read, now):
    """A view that began before midnight is part of its figures, and its raw event is gone."""
    read(181)
    read(180)
    read(178)
    pipeline.process_changes(now=now)
    retention.purge_raw_events(now=now)
    final = LearnerCourseDay.objects.order_by("day").values_list("is_final", flat=True)
    assert list(final) == [True, True, False]


def test_what_has_not_been_rolled_up_is_not_purged(read, now):
    read(200)
    pipeline.process_changes(now=now)
    read(200, "a")
    assert PendingChange.objects.exists()
    assert retention.purge_raw_events(now=now).count == 0
    assert Event.objects.count() == 2


def test_a_second_purge_finds_nothing(old_and_new, now):
    retention.purge_raw_events(now=now)
    assert retention.purge_raw_events(now=now).count == 0


def test_nothing_goes_where_the_host_keeps_events_for_ever(old_and_new, now, settings):
    settings.TRACKING = {**settings.TRACKING, "RAW_EVENT_DAYS": 0}
    assert retention.purge_raw_events(now=now).count == 0


def test_more_than_a_chunk_goes_at_once(old_and_new, read, now, monkeypatch):
    read(190)
    read(191)
    pipeline.process_changes(now=now)
    monkeypatch.setattr(retention, "CHUNK", 1)
    assert retention.purge_raw_events(now=now).count == 6


def test_a_purge_is_recorded_as_a_run(old_and_new, now):
    jobs.purge_expired(now=now)
    run = JobRun.objects.get(job="purge_expired")
    assert (run.handled_count, run.summary) == (2, "1 events (engagement); 1 page views")


def test_a_purge_tells_whose_days_have_to_be_rolled_up_before(old_and_new, read, now):
    read(200)
    jobs.purge_expired(now=now)
    run = JobRun.objects.get(job="purge_expired")
    assert run.summary == "0 page views; left: 1 learners with days that are not rolled up yet"


def test_what_comes_for_a_day_while_it_is_purged_stays_until_it_is_counted(
    old_and_new, read, now, monkeypatch
):
    """An import wrote between the look for waiting marks and the deletion, and its events went uncounted."""
    finalise = retention.finalise_days

    def late(*arguments):
        waiting = finalise(*arguments)
        read(200, "a")
        return waiting

    monkeypatch.setattr(retention, "finalise_days", late)
    assert retention.purge_raw_events(now=now).event_counts == {Purpose.ENGAGEMENT: 1}
    assert Event.objects.filter(unit_key="a").exists()


@pytest.fixture
def message_read():
    """A kind of event that a host registers for a purpose that no rollup counts."""
    yield events.register("message.read", purpose=Purpose.NUDGES)
    events.unregister("message.read")


def keep(learner, now, kind, *, days_ago, unit_key="b"):
    at = now - timedelta(days=days_ago)
    event_store.write_events(
        [
            event_store.NewEvent(
                id=uuid7.make_uuid7(at), learner_id=learner.pk, course_key="c", unit_key=unit_key, kind=kind,
                source=EventSource.SERVER, happened_at=at, received_at=at,
            )
        ]
    )  # fmt: skip


def test_the_course_record_has_days_of_its_own(course, learner, now, settings, message_read):
    settings.TRACKING = {**settings.TRACKING, "RECORD_EVENT_DAYS": 0}
    for kind in ("message.read", "unit.accessed", "unit.completed"):
        for days_ago in (200, 100, 13):
            keep(learner, now, kind, days_ago=days_ago)
    pipeline.process_changes(now=now)
    assert retention.purge_raw_events(now=now).event_counts == {Purpose.NUDGES: 1, Purpose.ENGAGEMENT: 1}
    assert Counter(Event.objects.values_list("kind", flat=True)) == {
        "message.read": 2, "unit.accessed": 2, "unit.completed": 3,
    }  # fmt: skip


def test_events_of_a_kind_that_nobody_registers_any_more_go_with_those_of_engagement(course, learner, now):
    events.register("old.kind", purpose=Purpose.NUDGES)
    keep(learner, now, "old.kind", days_ago=100)
    keep(learner, now, "old.kind", days_ago=200)
    events.unregister("old.kind")
    pipeline.process_changes(now=now)
    assert retention.purge_raw_events(now=now).event_counts == {Purpose.ENGAGEMENT: 1}


def test_an_event_for_messages_is_in_no_figure(course, learner, now, message_read):
    keep(learner, now, "message.read", days_ago=1)
    pipeline.process_changes(now=now)
    assert not LearnerCourseDay.objects.exists()


def test_an_event_of_a_purged_day_that_comes_again_is_not_counted_again(course, learner, send, now, settings):
    """A browser had kept a batch for days, sent it, lost the answer, and sent it again after the purge."""
    settings.TRACKING = {**settings.TRACKING, "RAW_EVENT_DAYS": 3}
    read_at = now - timedelta(days=5)
    body = batch(opened(read_at, "a"), progress(read_at, "b", [[0, 60_000]]), sent_at=now)
    send(learner, body)
    pipeline.process_changes(now=now)
    before = rows(*COUNTED, LearnerCourseDay)
    assert retention.purge_raw_events(now=now).event_counts.total() == 2
    assert send(learner, body).accepted_count == 2
    pipeline.process_changes(now=now)
    sum(rebuild.mark_for_rebuild(RebuildScope()))
    pipeline.process_changes(now=now)
    after = rows(*COUNTED, LearnerCourseDay)
    assert str(after).replace("('is_final', True)", "('is_final', False)") == str(before)
    assert retention.purge_raw_events(now=now).event_counts.total() == 2


def test_an_event_older_than_the_retention_is_counted_once_and_goes(course, learner, now):
    """A day with nothing else on it is not final yet: an import of old history counts, before its raw events go."""
    for _ in range(2):
        keep(learner, now, "unit.accessed", days_ago=300)
        pipeline.process_changes(now=now)
        assert retention.purge_raw_events(now=now).count == 1
    assert LearnerUnitDay.objects.get().access_count == 1
    assert not Event.objects.exists()
