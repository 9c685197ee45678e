"""What fits no outline or no user is kept apart, within bounds."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.capture.quarantine.held import HELD, held, refusals
from tests.messages import batch, opened
from tracking import events, hooks
from tracking.capture import intake, quarantine, reattachment, views
from tracking.capture.intake import Receipt
from tracking.capture.refusals import Drop
from tracking.capture.views import Opening
from tracking.events import Source
from tracking.insights import jobs
from tracking.lms.values import UnitRef
from tracking.models import (
    Cause,
    Event,
    HeldRecord,
)


@pytest.mark.parametrize(
    ("course_key", "unit_key", "cause"), [("c", "new", Cause.UNKNOWN_UNIT), ("d", "a", Cause.UNKNOWN_COURSE)]
)
def test_an_event_of_an_unknown_key_is_kept_apart(learner, send, now, course_key, unit_key, cause):
    assert send(learner, batch(opened(now, unit_key, course=course_key), sent_at=now)) == HELD
    assert held() == [(cause, "view.opened", course_key, unit_key, learner.pk)]
    assert not Event.objects.exists()
    assert refusals() == {}


def test_its_neighbours_are_stored(learner, send, now):
    receipt = send(learner, batch(opened(now, "a"), opened(now, "new"), sent_at=now))
    assert receipt == Receipt(accepted_count=1, duplicate_count=0, held_count=1)
    assert list(Event.objects.values_list("unit_key", flat=True)) == ["a"]


def test_an_event_told_twice_is_held_once(learner, send, now):
    body = batch(opened(now, "new"), sent_at=now)
    assert [send(learner, body), send(learner, body)] == [HELD, HELD]
    assert HeldRecord.objects.count() == 1


def test_a_path_of_no_unit_is_refused_and_not_held(learner, send, now):
    event = opened(now, "") | {"course": "", "path": "/elsewhere"}
    send(learner, batch(event, sent_at=now))
    assert (held(), refusals()) == ([], {Drop.UNKNOWN_UNIT: 1})


def test_an_opening_that_the_server_saw_is_kept_apart_too(learner, now):
    opening = Opening(learner_id=learner.pk, unit=UnitRef(course_key="c", unit_key="new"), at=now)
    assert views.record_opened([opening]) == 1
    assert held() == [(Cause.UNKNOWN_UNIT, "view.opened", "c", "new", learner.pk)]


def test_an_event_that_the_host_tells_is_kept_apart_too(learner, now):
    assert hooks.record(learner, events.UNIT_COMPLETED, course_key="c", unit_key="new", at=now)
    assert held() == [(Cause.UNKNOWN_UNIT, "unit.completed", "c", "new", learner.pk)]


@pytest.mark.django_db
def test_an_event_of_a_user_who_is_not_there_is_kept_apart(now):
    unit = UnitRef(course_key="c", unit_key="a")
    assert intake.record_one(987654, events.UNIT_COMPLETED, unit, at=now)
    assert held() == [(Cause.UNKNOWN_LEARNER, "unit.completed", "c", "a", None)]
    assert HeldRecord.objects.get().learner_key == "987654"


def test_an_event_about_a_whole_course_needs_no_unit(learner, now):
    assert hooks.record(learner, events.UNIT_COMPLETED, course_key="c", unit_key="", at=now)
    assert (held(), Event.objects.count()) == ([], 1)


def test_a_known_unit_is_looked_up_once(learner, now, django_assert_num_queries):
    unit = UnitRef(course_key="c", unit_key="a")
    jobs.read_outlines(now=now)
    with django_assert_num_queries(1):
        assert quarantine.find_causes([unit]) == {}
    with django_assert_num_queries(0):
        assert quarantine.find_causes([unit]) == {}


def test_what_is_unknown_for_too_long_is_deleted_and_counted(learner, send, now, settings):
    send(learner, batch(opened(now, "new"), sent_at=now))
    HeldRecord.objects.update(held_at=now - timedelta(days=30))
    reattachment.reattach(now=now)
    assert len(held()) == 1
    reattachment.reattach(now=now + timedelta(seconds=1))
    assert (held(), refusals()) == ([], {Drop.QUARANTINE_EXPIRED: 1})


def _limit(settings, **limits):
    settings.TRACKING = {**settings.TRACKING, **limits}


def test_one_learner_fills_no_more_than_a_share(learner, make_learner, send, now, settings):
    _limit(settings, QUARANTINE_MOST_OF_LEARNER=2)
    receipt = send(learner, batch(*(opened(now, f"u{i}") for i in range(5)), sent_at=now))
    assert (receipt.held_count, [each.code for each in receipt.rejected]) == (2, [Drop.QUARANTINE_FULL] * 3)
    assert refusals() == {Drop.QUARANTINE_FULL: 3}
    assert send(make_learner("li"), batch(opened(now, "u"), sent_at=now)) == HELD


def test_browsers_leave_half_of_the_room_to_the_host(learner, make_learner, send, now, settings):
    _limit(settings, QUARANTINE_MOST=4)
    send(learner, batch(*(opened(now, f"u{i}") for i in range(5)), sent_at=now))
    opening = Opening(learner_id=make_learner("li").pk, unit=UnitRef(course_key="c", unit_key="new"), at=now)
    views.record_opened([replace(opening, at=now + timedelta(seconds=i)) for i in range(5)])
    assert sorted(HeldRecord.objects.values_list("source", flat=True)) == ["browser"] * 2 + ["server"] * 2
    assert refusals() == {Drop.QUARANTINE_FULL: 6}


def test_a_fingerprint_is_held_once(learner, send, now):
    send(learner, batch(opened(now, "new"), sent_at=now))
    copy = HeldRecord.objects.values().get() | {"id": None}
    with pytest.raises(IntegrityError), transaction.atomic():
        HeldRecord.objects.create(**copy)


def test_what_comes_from_a_browser_is_told_from_what_the_server_saw(learner, send, now):
    send(learner, batch(opened(now, "new"), sent_at=now))
    assert HeldRecord.objects.get().source == Source.BROWSER
