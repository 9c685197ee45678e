"""What was kept apart comes back as soon as it fits, as it was told."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from tests.capture.quarantine.quarantined import held, learn, refusals
from tests.messages import batch, opened
from tracking import events, jobs
from tracking.capture import ingest, quarantine_release
from tracking.capture.rejections import RejectReason
from tracking.events import Purpose
from tracking.lms.values import UnitRef
from tracking.models import Event, LearnerUnit, PendingChange, QuarantinedRecord, RollupStage
from tracking.privacy import consent


def test_what_is_held_comes_back_with_the_roll_up_once_the_outline_knows_it(learner, course, send, now):
    course.enrol(learner, "c")
    jobs.refresh_outlines(now=now)
    send(learner, batch(opened(now, "new"), sent_at=now))
    learn(course, "new")
    jobs.roll_up(now=now)

    assert held() == []
    assert list(Event.objects.values_list("unit_key", "source")) == [("new", "browser")]
    assert LearnerUnit.objects.filter(unit_key="new").exists()
    assert not PendingChange.objects.exists()


def test_an_unknown_key_makes_the_outline_be_read_again_once_a_minute(learner, send, now):
    jobs.refresh_outlines(now=now)
    PendingChange.objects.all().delete()
    for _ in range(3):
        send(learner, batch(opened(now, "new"), sent_at=now))
    assert list(PendingChange.objects.values_list("stage", "course_key")) == [(RollupStage.OUTLINE, "c")]


def test_what_comes_back_is_what_was_told(learner, course, send, now):
    event = opened(now, "new")
    send(learner, batch(event, sent_at=now))
    learn(course, "new")
    jobs.refresh_outlines(now=now)
    assert quarantine_release.release_known_records(now=now + timedelta(hours=1)) == 1
    assert Event.objects.values().get() == {
        "id": uuid.UUID(event["id"]), "learner_id": learner.pk, "course_key": "c", "unit_key": "new",
        "kind": "page.opened", "source": "browser", "happened_at": now, "received_at": now,
        "view_id": uuid.UUID(event["view"]), "visit_id": None, "sequence": 1,
        "is_detail": False, "payload": {},
    }  # fmt: skip
    assert PendingChange.objects.filter(stage=RollupStage.LEARNER, learner=learner, day=now.date()).exists()


def test_bringing_back_twice_brings_nothing_twice(learner, course, send, now):
    send(learner, batch(opened(now, "new"), sent_at=now))
    copies = list(QuarantinedRecord.objects.values())
    learn(course, "new")
    jobs.refresh_outlines(now=now)
    assert [
        quarantine_release.release_known_records(now=now),
        quarantine_release.release_known_records(now=now),
    ] == [1, 0]
    QuarantinedRecord.objects.bulk_create(
        QuarantinedRecord(**copy) for copy in copies
    )  # As after a copy of the message.
    assert quarantine_release.release_known_records(now=now) == 0
    assert (Event.objects.count(), held()) == (1, [])


def test_what_is_not_known_yet_stays(learner, course, send, now):
    send(learner, batch(opened(now, "new"), opened(now, "newer"), sent_at=now))
    learn(course, "newer")
    jobs.refresh_outlines(now=now)
    assert quarantine_release.release_known_records(now=now) == 1
    assert [unit for *_, unit, _ in held()] == ["new"]


def test_more_than_one_batch_comes_back(learner, course, send, now, monkeypatch):
    monkeypatch.setattr(quarantine_release, "BATCH", 2)
    send(learner, batch(*(opened(now, "new") for _ in range(5)), sent_at=now))
    learn(course, "new")
    jobs.refresh_outlines(now=now)
    assert (quarantine_release.release_known_records(now=now), held()) == (5, [])


def test_what_a_learner_has_refused_since_does_not_come_back(
    learner, course, send, now, django_capture_on_commit_callbacks
):
    send(learner, batch(opened(now, "new"), sent_at=now))
    with django_capture_on_commit_callbacks(execute=True):
        consent.refuse(learner.pk, [Purpose.ENGAGEMENT], source="test")
    learn(course, "new")
    jobs.refresh_outlines(now=now)
    assert quarantine_release.release_known_records(now=now) == 0
    assert (held(), Event.objects.count(), refusals()) == ([], 0, {RejectReason.NO_CONSENT: 1})


def test_a_deleted_learner_leaves_nothing_in_quarantine(learner, send, now):
    send(learner, batch(opened(now, "new"), sent_at=now))
    learner.delete()
    assert held() == []


@pytest.mark.django_db
def test_an_event_of_a_user_who_came_later_comes_back(now):
    unit = UnitRef(course_key="c", unit_key="a")
    ingest.ingest_host_event(987654, events.UNIT_COMPLETED, unit, at=now)
    jobs.refresh_outlines(now=now)
    assert quarantine_release.release_known_records(now=now) == 0
    User.objects.create(pk=987654, username="late")
    assert quarantine_release.release_known_records(now=now) == 1
    assert Event.objects.get().learner_id == 987654


def test_the_job_keeps_a_record_where_there_was_something_to_look_at(learner, send, now):
    assert jobs.release_quarantine(now=now) == 0
    send(learner, batch(opened(now, "new"), sent_at=now))
    assert jobs.release_quarantine(now=now) == 0
