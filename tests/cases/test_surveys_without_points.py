"""A survey or a practice quiz has 0 points and no pass mark: the host says 0 of 0, and there is nothing to grade."""

from datetime import timedelta

import pytest

from courses import models as courses
from courses.tracking_adapter import Adapter
from tests import web_course
from tests.cases import figures
from tests.web_course import NOON
from tracking.lms import AttemptFields

SURVEY = "quiz:dns/check"


class Surveys(Adapter):
    """The adapter of ``courses`` for a host whose quizzes are surveys: no one passes or fails them."""

    attempts = {
        "courses.Attempt": AttemptFields(
            learner="learner", unit="quiz", submitted_at="submitted_at", score="score", max_score="max_score"
        )
    }


@pytest.fixture
def surveyed(learner, settings):
    """A learner who has done everything in a course of one survey, four weeks ago."""
    settings.TRACKING = {"ADAPTER": f"{__name__}.Surveys"}
    course = web_course.make()
    courses.Lesson.objects.all().delete()
    courses.Quiz.objects.update(due_on=None)
    courses.Enrolment.objects.create(course=course, learner=learner, enrolled_at=NOON)
    web_course.begin_attempt(learner, submitted_at=NOON, score=0, max_score=0, passed=True)
    figures.update(now=NOON)
    figures.update(now=NOON + timedelta(days=28))
    return learner


def test_a_survey_that_was_submitted_is_completed(surveyed):
    assert figures.states(surveyed, "web").get(SURVEY) == "completed"


def test_a_survey_that_was_submitted_counts_as_progress(surveyed):
    assert figures.progress(surveyed, "web") == [(1, 1)]


def test_a_learner_who_has_done_every_survey_has_no_findings(surveyed):
    assert figures.findings(surveyed, "web") == []
