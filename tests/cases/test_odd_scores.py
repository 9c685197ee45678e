"""Scores as other systems really give them: above the maximum, below zero, and a hundred attempts."""

from datetime import timedelta

import pytest

from tests.cases import figures
from tracking.capture import attempts
from tracking.lms.values import AttemptRecord, UnitRef
from tracking.models import LearnerUnit


@pytest.fixture
def sit(school, learner, now):
    """Record an attempt of the learner, of 10 points."""
    school.course("c", quizzes=["q"])
    school.enrol(learner, "c")

    def record(score, *, is_passed, minutes_ago=0):
        at = now - timedelta(minutes=minutes_ago)
        attempts.store_attempt(
            AttemptRecord(
                source_label="quiz.Sitting",
                source_key=str(minutes_ago),
                learner_id=learner.pk,
                unit=UnitRef(course_key="c", unit_key="q"),
                started_at=at - timedelta(minutes=5),
                submitted_at=at,
                score=score,
                max_score=10,
                is_passed=is_passed,
            )
        )

    return record


@pytest.mark.parametrize(
    ("score", "is_passed", "state", "share"),
    [pytest.param(-3, False, "failed", 0, id="negative"), pytest.param(12, True, "completed", 1, id="bonus")],
)
def test_a_score_outside_its_bounds_is_shown_as_none_or_all(sit, now, score, is_passed, state, share):
    sit(score, is_passed=is_passed)
    figures.update(now=now)
    assert list(LearnerUnit.objects.values_list("state", "best_share").filter(unit_key="q")) == [
        (state, share)
    ]


def test_one_attempt_of_a_hundred_that_passed_completes_the_quiz(sit, now):
    for number in range(100):
        sit(number % 7, is_passed=number == 50, minutes_ago=200 - number)
    figures.update(now=now)
    counted = LearnerUnit.objects.filter(unit_key="q").values_list("state", "best_share", "attempt_count")
    assert list(counted) == [("completed", 0.6, 100)]
