"""Raw events go when their time is over; what was counted from them stays, whatever happens later."""

from datetime import timedelta

import pytest

from tests.messages import batch, progress
from tests.rollups.test_work import rows
from tracking.insights import jobs
from tracking.models import ChangeMark, Event, JobRun, LearnerCourseDay, LearnerUnit, LearnerUnitDay, View
from tracking.privacy import retention
from tracking.rollups import rebuild, work
from tracking.rollups.rebuild import Scope

COUNTED = (LearnerUnit, LearnerUnitDay)


@pytest.fixture
def course(school, learner):
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
    work.roll_up(now=now)


def test_old_events_go_and_new_ones_stay(old_and_new, now):
    assert retention.purge(now=now) == 2
    assert [now - event.happened_at for event in Event.objects.all()] == [timedelta(days=1)]
    assert View.objects.count() == 1


def test_what_was_counted_from_them_stays(old_and_new, now):
    before = rows(*COUNTED)
    retention.purge(now=now)
    assert rows(*COUNTED) == before


def test_a_rebuild_after_a_purge_keeps_what_it_cannot_count_again(old_and_new, now):
    before = rows(*COUNTED)
    retention.purge(now=now)
    sum(rebuild.mark(Scope()))
    work.roll_up(now=now)
    assert rows(*COUNTED) == before


def test_the_day_after_the_last_purged_one_is_final_too(read, now):
    """A view that began before midnight is part of its figures, and its raw event is gone."""
    read(181)
    read(180)
    read(178)
    work.roll_up(now=now)
    retention.purge(now=now)
    final = LearnerCourseDay.objects.order_by("day").values_list("is_final", flat=True)
    assert list(final) == [True, True, False]


def test_what_has_not_been_rolled_up_is_not_purged(read, now):
    read(200)
    work.roll_up(now=now)
    read(200, "a")
    assert ChangeMark.objects.exists()
    assert retention.purge(now=now) == 0
    assert Event.objects.count() == 2


def test_a_second_purge_finds_nothing(old_and_new, now):
    retention.purge(now=now)
    assert retention.purge(now=now) == 0


def test_nothing_goes_where_the_host_keeps_events_for_ever(old_and_new, now, settings):
    settings.TRACKING = {**settings.TRACKING, "RAW_DAYS": 0}
    assert retention.purge(now=now) == 0


def test_more_than_a_chunk_goes_at_once(old_and_new, read, now, monkeypatch):
    read(190)
    read(191)
    work.roll_up(now=now)
    monkeypatch.setattr(retention, "CHUNK", 1)
    assert retention.purge(now=now) == 6


def test_a_purge_is_recorded_as_a_run(old_and_new, now):
    jobs.purge(now=now)
    assert JobRun.objects.values_list("job", "handled_count").get(job="purge") == ("purge", 2)
