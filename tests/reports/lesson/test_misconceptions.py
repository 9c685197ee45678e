"""A wrong answer that many give again and again is told with how many."""

import pytest

from tests.factories import (
    AttemptFactory,
    EnrolmentFactory,
    OutlineUnitFactory,
    UserFactory,
    share_engagement,
)
from tracking.models import Answer
from tracking.reports.lesson import misconceptions


@pytest.fixture
def learners(db):
    OutlineUnitFactory.create(course_key="c", unit_key="q", title="Quiz one")
    found = [UserFactory.create() for _ in range(8)]
    for learner in found:
        EnrolmentFactory.create(course_key="c", learner=learner)
        share_engagement(learner)
    return found


def answer(learners, *chosen, is_correct=False, **attempt):
    for learner in learners:
        tried = AttemptFactory.create(course_key="c", unit_key="q", learner=learner, **attempt)
        Answer.objects.create(attempt=tried, question_key="1", is_correct=is_correct, chosen=list(chosen))


def test_the_same_wrong_answer_at_two_tries_is_told_with_how_many_tried_again(learners):
    answer(learners, "b", "a")
    answer(learners[:6], "a", "b")
    answer(learners[6:], "c", is_correct=True)
    (found,) = misconceptions.find_misconceptions("c")
    assert (found.quiz_title, found.question_key, found.chosen) == ("Quiz one", "1", ("a", "b"))
    assert (found.learner_count, found.retried_count, found.share) == (6, 8, 0.75)


def test_nothing_is_told_of_attempts_not_handed_in(learners):
    answer(learners, "a")
    answer(learners, "a", submitted_at=None)
    assert misconceptions.find_misconceptions("c") == ()


def test_another_wrong_answer_or_none_is_no_repetition(learners):
    answer(learners, "a")
    answer(learners, "b")
    answer(learners)
    answer(learners)
    assert misconceptions.find_misconceptions("c") == ()


def test_who_has_left_the_course_or_does_not_share_does_not_count(learners):
    gone, silent = UserFactory.create(), EnrolmentFactory.create(course_key="c").learner
    for _ in range(2):
        answer([gone, silent], "a")
    assert misconceptions.find_misconceptions("c") == ()
