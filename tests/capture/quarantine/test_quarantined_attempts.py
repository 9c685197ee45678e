"""An attempt that fits no unit or no user is kept apart, corrected there, and comes back whole."""

from dataclasses import replace

import pytest
from django.core.cache import cache
from django.db import transaction

from tests.capture.quarantine.quarantined import held, learn
from tracking import jobs
from tracking.capture import attempts, quarantine_release
from tracking.lms.values import AnswerRecord, AttemptRecord, UnitRef
from tracking.models import Answer, Attempt, QuarantineCause


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


def test_an_attempt_at_an_unknown_unit_is_kept_apart_and_comes_back_whole(attempt, course, now):
    assert attempts.store_attempt(attempt) is None
    assert held() == [(QuarantineCause.UNKNOWN_UNIT, "attempt", "c", "new", attempt.learner_id)]
    learn(course, "new")
    jobs.refresh_outlines(now=now)
    assert quarantine_release.release_known_records(now=now) == 1
    stored = Attempt.objects.get()
    assert (stored.unit_key, stored.score, stored.max_score, stored.is_passed, stored.submitted_at) == (
        "new", 3, 4, True, now,
    )  # fmt: skip
    assert list(Answer.objects.values_list("question_key", "chosen", "lesson_keys")) == [("1", ["x"], ["a"])]


def test_a_held_attempt_is_corrected_by_what_the_host_says_later(attempt, course, now):
    attempts.store_attempt(attempt)
    attempts.store_attempt(replace(attempt, score=1, is_passed=False))
    learn(course, "new")
    jobs.refresh_outlines(now=now)
    quarantine_release.release_known_records(now=now)
    assert list(Attempt.objects.values_list("score", "is_passed")) == [(1, False)]


def test_a_held_attempt_does_not_undo_what_was_recorded_since(attempt, course, now):
    attempts.store_attempt(attempt)
    learn(course, "new")
    jobs.refresh_outlines(now=now)
    attempts.store_attempt(replace(attempt, score=4))
    assert quarantine_release.release_known_records(now=now) == 0
    assert (Attempt.objects.get().score, held()) == (4, [])


def test_an_attempt_that_moves_to_an_unknown_unit_is_off_the_record(attempt):
    attempts.store_attempt(replace(attempt, unit=UnitRef(course_key="c", unit_key="q")))
    attempts.store_attempt(attempt)
    assert (Attempt.objects.count(), len(held())) == (0, 1)


def test_an_attempt_at_a_unit_that_left_the_outline_can_still_be_corrected(attempt, course, now):
    unit = UnitRef(course_key="c", unit_key="q")
    attempts.store_attempt(replace(attempt, unit=unit))
    course.course("c", lessons=["a"])
    jobs.refresh_outlines(now=now)
    cache.clear()
    attempts.store_attempt(replace(attempt, unit=unit, score=0))
    assert (Attempt.objects.get().score, held()) == (0, [])


@pytest.mark.django_db
def test_an_attempt_of_a_user_who_is_not_there_does_not_break_the_hosts_transaction(attempt, now):
    known = replace(attempt, unit=UnitRef(course_key="c", unit_key="q"), learner_id=987654)
    with transaction.atomic():
        assert attempts.store_attempt(known) is None
    assert held() == [(QuarantineCause.UNKNOWN_LEARNER, "attempt", "c", "q", None)]


def test_many_attempts_at_once_are_sorted_too(attempt):
    known = replace(attempt, source_key="2", unit=UnitRef(course_key="c", unit_key="q"))
    assert attempts.store_attempts([attempt, known]) == 1
    assert [unit for *_, unit, _ in held()] == ["new"]


def test_a_held_attempt_that_the_host_takes_back_is_forgotten(attempt):
    attempts.store_attempt(attempt)
    attempts.delete_attempts(source_label="quiz.Sitting", source_key="1")
    assert held() == []
