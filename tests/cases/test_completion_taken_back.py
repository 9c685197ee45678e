"""A learner ticks a lesson off by mistake and takes it back, or a teacher resets it: the host deletes its row."""

import pytest
from django.core.management import call_command

from courses import models as courses
from tests import web_course
from tests.cases import figures
from tests.web_course import NOON

LESSON = "lesson:dns/names"


@pytest.fixture
def unticked(learner):
    """A learner who ticked a lesson off and took it back, each of them seen by the jobs."""
    courses.Enrolment.objects.create(course=web_course.make(), learner=learner)
    lesson = courses.Lesson.objects.get(slug="names")
    tick = courses.LessonCompletion.objects.create(lesson=lesson, learner=learner, completed_at=NOON)
    figures.update(now=NOON)
    assert figures.states(learner, "web")[LESSON] == "completed"
    tick.delete()
    figures.update(now=NOON)
    return learner


def test_a_lesson_without_the_completion_of_the_host_is_not_completed(unticked):
    assert figures.states(unticked, "web").get(LESSON) != "completed"


def test_a_removed_completion_no_longer_counts_as_progress(unticked):
    assert figures.progress(unticked, "web") in ([], [(0, 2)])


def test_the_backfill_removes_a_completion_that_the_host_no_longer_has(unticked):
    call_command("tracking_backfill", verbosity=0)
    figures.update(now=NOON)
    assert figures.states(unticked, "web").get(LESSON) != "completed"
