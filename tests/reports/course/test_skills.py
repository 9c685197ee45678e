"""What is said of skills: by the better measure, with k of n, and of nobody in too small a group."""

from datetime import timedelta
from typing import Any

import pytest

from tests import factories
from tests.factories import AT, COURSE
from tracking.models import Calibration, LearnerSkill
from tracking.reports.course import skills

pytestmark = pytest.mark.django_db


def skill(learner, *, right, of, expected=0.5, key="s", **fields):
    return LearnerSkill.objects.create(**{
        "learner": learner, "course_key": COURSE, "skill_key": key, "unit_key": "q", "answered_count": of,
        "correct_count": right, "expected_share": expected, "observed_share": right / of, "current_run_count": 0,
        "longest_run_count": 2, "first_at": AT - timedelta(days=1), "last_at": AT, **fields,
    })  # fmt: skip


def standing(learner):
    [only] = skills.learner_skills(COURSE, learner.pk, now=AT)
    return only


@pytest.fixture
def lena():
    return factories.UserFactory()


@pytest.mark.parametrize(
    ("uses_observed_share", "share", "is_weak"), [(True, 0.8, False), (False, 0.4, True)]
)
def test_flags_go_by_the_measure_that_is_better_in_the_course(lena, uses_observed_share, share, is_weak):
    Calibration.objects.create(course_key=COURSE, uses_observed_share=uses_observed_share)
    skill(lena, right=8, of=10, expected=0.4)
    found = standing(lena)
    assert (found.share, found.is_weak, found.correct_count, found.answered_count) == (share, is_weak, 8, 10)


def test_the_plain_share_is_gone_by_before_a_course_was_calibrated(lena):
    skill(lena, right=8, of=10, expected=0.4)
    assert standing(lena).share == 0.8
    assert skills.find_calibration_quality(COURSE) == skills.CalibrationQuality()


def test_nobody_is_weak_by_fewer_than_five_answers(lena):
    skill(lena, right=0, of=4)
    skill(lena, right=0, of=5, key="t")
    found = skills.learner_skills(COURSE, lena.pk, now=AT)
    assert {each.skill_key: each.is_weak for each in found} == {"s": False, "t": True}


@pytest.mark.parametrize(
    ("fields", "is_spinning"),
    [({}, True), ({"of": 9}, False), ({"longest_run_count": 3}, False), ({"first_at": AT}, False)],
)
def test_wheels_spin_over_more_than_one_sitting(lena, fields, is_spinning):
    skill(lena, **{"right": 4, "of": 10, **fields})
    assert standing(lena).is_wheel_spinning is is_spinning


@pytest.mark.parametrize(
    ("right", "due_in", "is_due"), [(9, 0, True), (9, 1, False), (3, 0, False), (9, None, False)]
)
def test_a_review_is_due_of_what_was_known_and_not_of_what_is_weak(lena, right, due_in, is_due):
    due_at = None if due_in is None else AT + timedelta(days=due_in)
    skill(lena, right=right, of=10, review_due_at=due_at)
    assert standing(lena).is_review_due is is_due


def test_a_skill_is_called_by_the_title_of_the_quiz_that_stands_for_it(lena):
    factories.OutlineUnitFactory(unit_key="q", title="First quiz")
    skill(lena, right=1, of=2, key="q")
    assert standing(lena).title == "First quiz"


def test_a_class_is_counted_over_those_enrolled_and_measured(lena):
    for number in range(6):
        learner = factories.EnrolmentFactory().learner
        factories.share_engagement(learner)
        skill(learner, right=number, of=5 if number else 4, longest_run_count=number)
    skill(lena, right=0, of=5)  # Is not enrolled.
    skill(factories.EnrolmentFactory().learner, right=0, of=5)  # Does not share.
    [found] = skills.class_skills(COURSE, now=AT)
    assert (found.learner_count, found.measured_count, found.weak_count) == (6, 5, 2)
    assert (found.correct_count, found.answered_count, found.wheel_spinning_count) == (15, 29, 0)
    assert found.mean_share == pytest.approx((0 + 0.2 + 0.4 + 0.6 + 0.8 + 1) / 6)


def test_many_learners_take_three_queries(django_assert_num_queries):
    learners: list[Any] = [factories.EnrolmentFactory().learner for _ in range(3)]
    for learner in learners:
        skill(learner, right=1, of=2)
    with django_assert_num_queries(3):
        assert len(skills.skills_by_learner(COURSE, [each.pk for each in learners], now=AT)) == 3
