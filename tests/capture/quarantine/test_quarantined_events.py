"""What fits no outline or no user is kept apart, within bounds."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.capture.quarantine.quarantined import HELD, held, refusals
from tests.messages import batch, opened
from tracking import events, hooks, jobs
from tracking.capture import ingest, page_views, quarantine, quarantine_release
from tracking.capture.ingest import IngestResult
from tracking.capture.page_views import PageOpening
from tracking.capture.rejections import RejectReason
from tracking.events import EventSource
from tracking.lms.values import UnitRef
from tracking.models import Event, QuarantineCause, QuarantinedRecord


@pytest.mark.parametrize(
    ("course_key", "unit_key", "cause"),
    [("c", "new", QuarantineCause.UNKNOWN_UNIT), ("d", "a", QuarantineCause.UNKNOWN_COURSE)],
)
def test_an_event_of_an_unknown_key_is_kept_apart(learner, send, now, course_key, unit_key, cause):
    assert send(learner, batch(opened(now, unit_key, course=course_key), sent_at=now)) == HELD
    assert held() == [(cause, "page.opened", course_key, unit_key, learner.pk)]
    assert not Event.objects.exists()
    assert refusals() == {}


def test_its_neighbours_are_stored(learner, send, now):
    receipt = send(learner, batch(opened(now, "a"), opened(now, "new"), sent_at=now))
    assert receipt == IngestResult(accepted_count=1, duplicate_count=0, quarantined_count=1)
    assert list(Event.objects.values_list("unit_key", flat=True)) == ["a"]


def test_an_event_told_twice_is_held_once(learner, send, now):
    body = batch(opened(now, "new"), sent_at=now)
    assert [send(learner, body), send(learner, body)] == [HELD, HELD]
    assert QuarantinedRecord.objects.count() == 1


def test_a_path_of_no_unit_is_refused_and_not_held(learner, send, now):
    event = opened(now, "") | {"course": "", "path": "/elsewhere"}
    send(learner, batch(event, sent_at=now))
    assert (held(), refusals()) == ([], {RejectReason.UNKNOWN_UNIT: 1})


def test_an_opening_that_the_server_saw_is_kept_apart_too(learner, now):
    opening = PageOpening(learner_id=learner.pk, unit=UnitRef(course_key="c", unit_key="new"), at=now)
    assert page_views.record_page_views([opening]) == 1
    assert held() == [(QuarantineCause.UNKNOWN_UNIT, "page.opened", "c", "new", learner.pk)]


def test_an_event_that_the_host_tells_is_kept_apart_too(learner, now):
    assert hooks.record_event(learner, events.UNIT_COMPLETED, course_key="c", unit_key="new", at=now)
    assert held() == [(QuarantineCause.UNKNOWN_UNIT, "unit.completed", "c", "new", learner.pk)]


@pytest.mark.django_db
def test_an_event_of_a_user_who_is_not_there_is_kept_apart(now):
    unit = UnitRef(course_key="c", unit_key="a")
    assert ingest.ingest_host_event(987654, events.UNIT_COMPLETED, unit, at=now)
    assert held() == [(QuarantineCause.UNKNOWN_LEARNER, "unit.completed", "c", "a", None)]
    assert QuarantinedRecord.objects.get().learner_key == "987654"


def test_an_event_about_a_whole_course_needs_no_unit(learner, now):
    assert hooks.record_event(learner, events.UNIT_COMPLETED, course_key="c", unit_key="", at=now)
    assert (held(), Event.objects.count()) == ([], 1)


def test_a_known_unit_is_looked_up_once(learner, now, django_assert_num_queries):
    unit = UnitRef(course_key="c", unit_key="a")
    jobs.refresh_outlines(now=now)
    with django_assert_num_queries(1):
        assert quarantine.find_causes([unit]) == {}
    with django_assert_num_queries(0):
        assert quarantine.find_causes([unit]) == {}


def test_what_is_unknown_for_too_long_is_deleted_and_counted(learner, send, now, settings):
    send(learner, batch(opened(now, "new"), sent_at=now))
    QuarantinedRecord.objects.update(quarantined_at=now - timedelta(days=30))
    quarantine_release.release_known_records(now=now)
    assert len(held()) == 1
    quarantine_release.release_known_records(now=now + timedelta(seconds=1))
    assert (held(), refusals()) == ([], {RejectReason.QUARANTINE_EXPIRED: 1})


def _limit(settings, **limits):
    settings.TRACKING = {**settings.TRACKING, **limits}


def test_one_learner_fills_no_more_than_a_share(learner, make_learner, send, now, settings):
    _limit(settings, QUARANTINE_MAX_PER_LEARNER=2)
    receipt = send(learner, batch(*(opened(now, f"u{i}") for i in range(5)), sent_at=now))
    assert (receipt.quarantined_count, [each.code for each in receipt.rejected]) == (
        2,
        [RejectReason.QUARANTINE_FULL] * 3,
    )
    assert refusals() == {RejectReason.QUARANTINE_FULL: 3}
    assert send(make_learner("li"), batch(opened(now, "u"), sent_at=now)) == HELD


def test_browsers_leave_half_of_the_room_to_the_host(learner, make_learner, send, now, settings):
    _limit(settings, QUARANTINE_MAX=4)
    send(learner, batch(*(opened(now, f"u{i}") for i in range(5)), sent_at=now))
    opening = PageOpening(
        learner_id=make_learner("li").pk, unit=UnitRef(course_key="c", unit_key="new"), at=now
    )
    page_views.record_page_views([replace(opening, at=now + timedelta(seconds=i)) for i in range(5)])
    assert (
        sorted(QuarantinedRecord.objects.values_list("source", flat=True)) == ["browser"] * 2 + ["server"] * 2
    )
    assert refusals() == {RejectReason.QUARANTINE_FULL: 6}


def test_a_fingerprint_is_held_once(learner, send, now):
    send(learner, batch(opened(now, "new"), sent_at=now))
    copy = QuarantinedRecord.objects.values().get() | {"id": None}
    with pytest.raises(IntegrityError), transaction.atomic():
        QuarantinedRecord.objects.create(**copy)


def test_what_comes_from_a_browser_is_told_from_what_the_server_saw(learner, send, now):
    send(learner, batch(opened(now, "new"), sent_at=now))
    assert QuarantinedRecord.objects.get().source == EventSource.BROWSER
