"""A wrong answer that many give again and again is told with how many, and never of a few."""

import pytest

from tests.factories import AttemptFactory, EnrolmentFactory, OutlineUnitFactory, UserFactory
from tracking.models import Answer
from tracking.reports.lesson import misconceptions


@pytest.fixture
def learners(db):
    OutlineUnitFactory.create(course_key="c", unit_key="q", title="Quiz one")
    found = [UserFactory.create() for _ in range(8)]
    for learner in found:
        EnrolmentFactory.create(course_key="c", learner=learner)
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


@pytest.mark.parametrize(
    ("again", "given"),
    [(4, {}), (8, {"submitted_at": None})],
    ids=["of fewer than five", "of attempts not handed in"],
)
def test_nothing_is_told(learners, again, given):
    answer(learners, "a")
    answer(learners[:again], "a", **given)
    assert misconceptions.find_misconceptions("c") == ()


def test_another_wrong_answer_or_none_is_no_repetition(learners):
    answer(learners, "a")
    answer(learners, "b")
    answer(learners)
    answer(learners)
    assert misconceptions.find_misconceptions("c") == ()


def test_who_has_left_the_course_does_not_count(learners):
    answer([*learners[:4], UserFactory.create()], "a")
    answer(learners[:4], "a")
    assert misconceptions.find_misconceptions("c") == ()
