"""Rows that the factories make are rolled up like recorded ones."""

import pytest
from django.core.management import call_command

from tests.courses.conftest import course, learner
from tracking.models import LearnerUnit
from tracking.testing.factories import AnswerFactory, AttemptFactory, EventFactory

__all__ = ["course", "learner"]

QUIZ = {"course_key": "tiny", "unit_key": "quiz:first-steps/check"}
LESSON = {"course_key": "tiny", "unit_key": "lesson:first-steps/reading"}


@pytest.fixture
def units(course, learner):
    def read():
        call_command("tracking_rollup", "--once", verbosity=0)
        return {row.unit_key: row for row in LearnerUnit.objects.filter(learner=learner)}

    return read


def test_an_event_is_rolled_up(learner, units):
    EventFactory(learner=learner, **LESSON)

    assert units()[LESSON["unit_key"]].view_count == 1


def test_an_attempt_is_rolled_up_with_its_answers(learner, units):
    AnswerFactory.create_batch(2, attempt=AttemptFactory(learner=learner, **QUIZ))

    found = units()[QUIZ["unit_key"]]
    assert (found.attempt_count, found.best_share) == (1, 0.8)
