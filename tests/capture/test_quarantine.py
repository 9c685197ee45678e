"""What fits no outline or no user is kept apart, and comes back as soon as it does."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import IntegrityError, transaction

from tests.messages import batch, opened
from tests.school import node
from tracking import events, hooks
from tracking.capture import attempts, intake, quarantine, reattachment, views
from tracking.capture.intake import Receipt
from tracking.capture.refusals import Drop
from tracking.capture.views import Opening
from tracking.events import Purpose, Source
from tracking.insights import jobs
from tracking.lms.values import AnswerRecord, AttemptRecord, UnitRef
from tracking.models import (
    Answer,
    Attempt,
    Cause,
    ChangeMark,
    Event,
    HeldRecord,
    LearnerUnit,
    Refusal,
    Subject,
)
from tracking.privacy import consent

HELD = Receipt(accepted_count=0, duplicate_count=0, held_count=1)


@pytest.fixture(autouse=True)
def course(school):
    school.course("c", lessons=["a", "b"], quizzes=["q"])
    return school


@pytest.fixture
def attempt(learner, now):
    return AttemptRecord(
        source_label="quiz.Sitting",
        source_key="1",
        learner_id=learner.pk,
        unit=UnitRef(course_key="c", unit_key="new"),
        started_at=now,
        submitted_at=now,
        score=3,
        max_score=4,
        is_passed=True,
        answers=(AnswerRecord(question_key="1", is_correct=True, chosen=("x",), lesson_keys=("a",)),),
    )


def held():
    return list(
        HeldRecord.objects.order_by("pk").values_list("cause", "kind", "course_key", "unit_key", "learner_id")
    )


def refusals():
    return dict(Refusal.objects.values_list("reason", "refused_count"))


def learn(school, *keys):
    """Let the host have more lessons."""
    school.change("c", nodes=(*school.outlines["c"].nodes, *map(node, keys)))


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


def test_what_is_held_comes_back_with_the_roll_up_once_the_outline_knows_it(learner, course, send, now):
    course.enrol(learner, "c")
    jobs.read_outlines(now=now)
    send(learner, batch(opened(now, "new"), sent_at=now))
    learn(course, "new")
    jobs.bring_up_to_date(now=now)

    assert held() == []
    assert list(Event.objects.values_list("unit_key", "source")) == [("new", "browser")]
    assert LearnerUnit.objects.filter(unit_key="new").exists()
    assert not ChangeMark.objects.exists()


def test_an_unknown_key_makes_the_outline_be_read_again_once_a_minute(learner, send, now):
    jobs.read_outlines(now=now)
    ChangeMark.objects.all().delete()
    for _ in range(3):
        send(learner, batch(opened(now, "new"), sent_at=now))
    assert list(ChangeMark.objects.values_list("subject", "course_key")) == [(Subject.OUTLINE, "c")]


def test_what_comes_back_is_what_was_told(learner, course, send, now):
    event = opened(now, "new")
    send(learner, batch(event, sent_at=now))
    learn(course, "new")
    jobs.read_outlines(now=now)
    assert reattachment.reattach(now=now + timedelta(hours=1)) == 1
    assert Event.objects.values().get() == {
        "id": uuid.UUID(event["id"]), "learner_id": learner.pk, "course_key": "c", "unit_key": "new",
        "kind": "view.opened", "source": "browser", "happened_at": now, "received_at": now,
        "view_id": uuid.UUID(event["view"]), "visit_id": None, "sequence": 1, "payload": {},
    }  # fmt: skip
    assert ChangeMark.objects.filter(subject=Subject.LEARNER, learner=learner, day=now.date()).exists()


def test_bringing_back_twice_brings_nothing_twice(learner, course, send, now):
    send(learner, batch(opened(now, "new"), sent_at=now))
    copies = list(HeldRecord.objects.values())
    learn(course, "new")
    jobs.read_outlines(now=now)
    assert [reattachment.reattach(now=now), reattachment.reattach(now=now)] == [1, 0]
    HeldRecord.objects.bulk_create(HeldRecord(**copy) for copy in copies)  # As after a copy of the message.
    assert reattachment.reattach(now=now) == 0
    assert (Event.objects.count(), held()) == (1, [])


def test_what_is_not_known_yet_stays(learner, course, send, now):
    send(learner, batch(opened(now, "new"), opened(now, "newer"), sent_at=now))
    learn(course, "newer")
    jobs.read_outlines(now=now)
    assert reattachment.reattach(now=now) == 1
    assert [unit for *_, unit, _ in held()] == ["new"]


def test_more_than_one_batch_comes_back(learner, course, send, now, monkeypatch):
    monkeypatch.setattr(reattachment, "BATCH", 2)
    send(learner, batch(*(opened(now, "new") for _ in range(5)), sent_at=now))
    learn(course, "new")
    jobs.read_outlines(now=now)
    assert (reattachment.reattach(now=now), held()) == (5, [])


def test_what_a_learner_has_refused_since_does_not_come_back(
    learner, course, send, now, django_capture_on_commit_callbacks
):
    send(learner, batch(opened(now, "new"), sent_at=now))
    with django_capture_on_commit_callbacks(execute=True):
        consent.refuse(learner.pk, [Purpose.ENGAGEMENT], source="test")
    learn(course, "new")
    jobs.read_outlines(now=now)
    assert reattachment.reattach(now=now) == 0
    assert (held(), Event.objects.count(), refusals()) == ([], 0, {Drop.NO_CONSENT: 1})


def test_a_deleted_learner_leaves_nothing_in_quarantine(learner, send, now):
    send(learner, batch(opened(now, "new"), sent_at=now))
    learner.delete()
    assert held() == []


@pytest.mark.django_db
def test_an_event_of_a_user_who_came_later_comes_back(now):
    unit = UnitRef(course_key="c", unit_key="a")
    intake.record_one(987654, events.UNIT_COMPLETED, unit, at=now)
    jobs.read_outlines(now=now)
    assert reattachment.reattach(now=now) == 0
    User.objects.create(pk=987654, username="late")
    assert reattachment.reattach(now=now) == 1
    assert Event.objects.get().learner_id == 987654


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


def test_an_attempt_at_an_unknown_unit_is_kept_apart_and_comes_back_whole(attempt, course, now):
    assert attempts.record(attempt) is None
    assert held() == [(Cause.UNKNOWN_UNIT, "attempt", "c", "new", attempt.learner_id)]
    learn(course, "new")
    jobs.read_outlines(now=now)
    assert reattachment.reattach(now=now) == 1
    stored = Attempt.objects.get()
    assert (stored.unit_key, stored.score, stored.max_score, stored.is_passed, stored.submitted_at) == (
        "new", 3, 4, True, now,
    )  # fmt: skip
    assert list(Answer.objects.values_list("question_key", "chosen", "lesson_keys")) == [("1", ["x"], ["a"])]


def test_a_held_attempt_is_corrected_by_what_the_host_says_later(attempt, course, now):
    attempts.record(attempt)
    attempts.record(replace(attempt, score=1, is_passed=False))
    learn(course, "new")
    jobs.read_outlines(now=now)
    reattachment.reattach(now=now)
    assert list(Attempt.objects.values_list("score", "is_passed")) == [(1, False)]


def test_a_held_attempt_does_not_undo_what_was_recorded_since(attempt, course, now):
    attempts.record(attempt)
    learn(course, "new")
    jobs.read_outlines(now=now)
    attempts.record(replace(attempt, score=4))
    assert reattachment.reattach(now=now) == 0
    assert (Attempt.objects.get().score, held()) == (4, [])


def test_an_attempt_that_moves_to_an_unknown_unit_is_off_the_record(attempt):
    attempts.record(replace(attempt, unit=UnitRef(course_key="c", unit_key="q")))
    attempts.record(attempt)
    assert (Attempt.objects.count(), len(held())) == (0, 1)


def test_an_attempt_at_a_unit_that_left_the_outline_can_still_be_corrected(attempt, course, now):
    unit = UnitRef(course_key="c", unit_key="q")
    attempts.record(replace(attempt, unit=unit))
    course.course("c", lessons=["a"])
    jobs.read_outlines(now=now)
    cache.clear()
    attempts.record(replace(attempt, unit=unit, score=0))
    assert (Attempt.objects.get().score, held()) == (0, [])


@pytest.mark.django_db
def test_an_attempt_of_a_user_who_is_not_there_does_not_break_the_hosts_transaction(attempt, now):
    known = replace(attempt, unit=UnitRef(course_key="c", unit_key="q"), learner_id=987654)
    with transaction.atomic():
        assert attempts.record(known) is None
    assert held() == [(Cause.UNKNOWN_LEARNER, "attempt", "c", "q", None)]


def test_many_attempts_at_once_are_sorted_too(attempt):
    known = replace(attempt, source_key="2", unit=UnitRef(course_key="c", unit_key="q"))
    assert attempts.record_all([attempt, known]) == 1
    assert [unit for *_, unit, _ in held()] == ["new"]


def test_a_held_attempt_that_the_host_takes_back_is_forgotten(attempt):
    attempts.record(attempt)
    attempts.forget(source_label="quiz.Sitting", source_key="1")
    assert held() == []


def test_the_job_keeps_a_record_where_there_was_something_to_look_at(learner, send, now):
    assert jobs.reattach(now=now) == 0
    send(learner, batch(opened(now, "new"), sent_at=now))
    assert jobs.reattach(now=now) == 0


def test_a_fingerprint_is_held_once(learner, send, now):
    send(learner, batch(opened(now, "new"), sent_at=now))
    copy = HeldRecord.objects.values().get() | {"id": None}
    with pytest.raises(IntegrityError), transaction.atomic():
        HeldRecord.objects.create(**copy)


def test_what_comes_from_a_browser_is_told_from_what_the_server_saw(learner, send, now):
    send(learner, batch(opened(now, "new"), sent_at=now))
    assert HeldRecord.objects.get().source == Source.BROWSER
