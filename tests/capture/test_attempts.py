"""Attempts as the host has them now."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tracking.capture import attempts
from tracking.events import Purpose
from tracking.lms.values import AnswerRecord, AttemptRecord, UnitRef
from tracking.models import Answer, Attempt, PendingChange
from tracking.privacy import consent


@pytest.fixture
def record(learner, now, school):
    school.course("c", lessons=["l1", "l2"], quizzes=["q"])
    return AttemptRecord(
        source_label="quiz.Sitting",
        source_key="1",
        learner_id=learner.pk,
        unit=UnitRef(course_key="c", unit_key="q"),
        started_at=now - timedelta(minutes=5),
        submitted_at=now,
        score=3,
        max_score=4,
        is_passed=True,
        answers=(
            AnswerRecord(question_key="1", is_correct=True, chosen=("a",), lesson_keys=("l1",)),
            AnswerRecord(question_key="2", is_correct=False, chosen=("b",), lesson_keys=("l1", "l2")),
        ),
    )


def answers():
    return list(
        Answer.objects.order_by("question_key").values_list("question_key", "is_correct", "lesson_keys")
    )


def test_an_attempt_is_stored_with_its_answers_and_marks_the_learner(record, now):
    attempt = attempts.store_attempt(record)
    assert attempt is not None
    assert (attempt.course_key, attempt.unit_key, attempt.share, attempt.is_passed) == ("c", "q", 0.75, True)
    assert answers() == [("1", True, ["l1"]), ("2", False, ["l1", "l2"])]
    assert list(PendingChange.objects.values_list("stage", "course_key", "learner_id", "day")) == [
        ("learner", "c", record.learner_id, None)
    ]


def test_recording_it_again_corrects_it(record):
    attempts.store_attempt(record)
    attempts.store_attempt(replace(record, score=1, is_passed=False, answers=record.answers[1:]))
    assert list(Attempt.objects.values_list("score", "is_passed")) == [(1, False)]
    assert answers() == [("2", False, ["l1", "l2"])]


@pytest.mark.parametrize("store", [attempts.store_attempt, lambda given: attempts.store_attempts([given])])
def test_a_grade_is_received_when_it_is_new_and_not_when_it_is_said_again(record, store):
    received = []
    for score in (1, 1, 2, 1):
        store(replace(record, score=score))
        received.append(Attempt.objects.get().received_at)
    assert received[0] == received[1] < received[2] < received[3]


def test_answers_that_are_not_given_are_left_alone(record):
    attempts.store_attempt(record)
    attempts.store_attempt(replace(record, answers=None))
    assert len(answers()) == 2


def test_a_forgotten_attempt_is_gone_and_marks_the_learner(record):
    attempts.store_attempt(record)
    PendingChange.objects.all().delete()
    assert attempts.delete_attempts(source_label="quiz.Sitting", source_key="1") == 1
    assert (Attempt.objects.count(), Answer.objects.count(), PendingChange.objects.count()) == (0, 0, 1)


def test_a_quiz_worth_nothing_has_no_share(record):
    attempt = attempts.store_attempt(replace(record, score=0, max_score=0))
    assert attempt is not None
    assert attempt.share is None


@pytest.mark.parametrize("points", [5e-324, -1e-300, 1e-10])
def test_numbers_that_are_too_small_to_divide_are_zero(record, points):
    """On PostgreSQL, a quotient of such numbers is an error, which stopped every reader of the SQL views."""
    answers = (AnswerRecord(question_key="1", is_correct=False, points=points, max_points=points),)
    attempts.store_attempt(replace(record, score=points, max_score=points, answers=answers))
    attempt = Attempt.objects.get()
    answer = attempt.answers.get()
    assert (attempt.score, attempt.max_score, answer.points, answer.max_points) == (0, None, 0, 0)


def test_a_learner_who_objects_to_the_record_has_none(record, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        consent.refuse(record.learner_id, [Purpose.RECORD], source="test")
    assert attempts.store_attempt(record) is None
    assert not Attempt.objects.exists()


def test_many_attempts_at_once_come_to_the_same_as_one_by_one(record, make_learner, now):
    other = replace(record, learner_id=make_learner("mona").pk, answers=None)
    attempts.store_attempt(record)
    corrected = replace(record, score=1, is_passed=False, answers=record.answers[1:])
    assert attempts.store_attempts([record, corrected, other]) == 1
    assert list(Attempt.objects.order_by("learner").values_list("learner", "score", "is_passed")) == [
        (record.learner_id, 1, False),
        (other.learner_id, 3, True),
    ]
    assert answers() == [("2", False, ["l1", "l2"])]
    assert PendingChange.objects.count() == 3


def test_many_attempts_pass_over_a_learner_who_objects(record):
    consent.refuse(record.learner_id, {Purpose.RECORD}, source="test")
    assert attempts.store_attempts([record]) == 0
    assert not Attempt.objects.exists()
