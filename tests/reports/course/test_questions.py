"""What is said of questions."""

import pytest

from tests.factories import COURSE
from tracking.models import Calibration, QuestionStats
from tracking.reports.course import questions
from tracking.reports.course.questions import OptionStats

pytestmark = pytest.mark.django_db


def summary(**fields):
    return QuestionStats.objects.create(**{
        "course_key": COURSE, "unit_key": "q", "question_key": "1", "learner_count": 20,
        "first_correct_count": 8, "answer_count": 40, "correct_count": 24, "succeeded_count": 10,
        "attempts_to_success_count": 15, "gained_count": 9, "unchanged_count": 8, "lost_count": 3,
        "discrimination_count": 20,
        "discrimination": 0.4, "options": {"a": [8, 0], "b": [0, 3], "c": [0, 9]}, **fields,
    })  # fmt: skip


def test_a_question_is_told_with_its_counts_its_difficulty_and_its_wrong_options():
    summary()
    Calibration.objects.create(course_key=COURSE, items={"q\t1": 0.7})
    [found] = questions.quiz_question_stats(COURSE, "q")
    assert (found.first_correct_count, found.learner_count, found.first_correct_share) == (8, 20, 0.4)
    assert (found.difficulty, found.discrimination, found.mean_attempts_to_success) == (0.7, 0.4, 1.5)
    assert (found.gained_count, found.unchanged_count, found.lost_count) == (9, 8, 3)
    assert found.options == (
        OptionStats(key="c", right_count=0, wrong_count=9, wrong_share=0.75),
        OptionStats(key="b", right_count=0, wrong_count=3, wrong_share=0.25),
        OptionStats(key="a", right_count=8, wrong_count=0, wrong_share=0.0),
    )


def test_discrimination_is_not_told_of_fewer_than_a_class():
    summary(discrimination_count=19)
    assert questions.quiz_question_stats(COURSE, "q")[0].discrimination is None


def test_the_hardest_question_comes_first():
    for key, right, learners in (("easy", 18, 20), ("hard", 2, 20)):
        summary(question_key=key, first_correct_count=right, learner_count=learners)
    found = questions.course_question_stats(COURSE)
    assert [each.question_key for each in found["q"]] == ["hard", "easy"]
