"""A teacher who agreed to recording, as a learner in another course, opens a lesson of the course that they teach."""

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from tests.cases import figures
from tests.hosts.driving import agreed, browser_of, learners, openings
from tests.hosts.school.models import Course, Lesson, Section
from tracking.models import LearnerCourse

pytest_plugins = ["tests.hosts.committing"]
pytestmark = pytest.mark.once


@pytest.fixture
def teacher():
    """A teacher who is also among the students of their course."""
    teacher = agreed(User.objects.create_user("tea"))
    course = Course.objects.create(slug="physics", title="Physics", teacher=teacher)
    section = Section.objects.create(course=course, title="Waves", position=1)
    Lesson.objects.create(section=section, title="Light", position=1)
    course.students.add(teacher)
    figures.update(now=timezone.now())
    return teacher


@pytest.fixture
def page(teacher):
    """The lesson as the teacher sees it."""
    [lesson] = Lesson.objects.all()
    return browser_of(teacher).get(f"/c/physics/lessons/{lesson.pk}/").content.decode()


def test_a_teacher_is_no_learner_of_their_own_course(teacher):
    assert learners("physics") == []


def test_a_teacher_gets_no_tracker_in_their_own_course(page):
    assert "data-tracking-endpoint" not in page


def test_what_a_teacher_opens_in_their_own_course_is_not_recorded(page):
    assert openings() == []


def test_there_are_no_figures_about_a_teacher_in_their_own_course(teacher, page):
    figures.update(now=timezone.now())
    assert not LearnerCourse.objects.filter(learner=teacher).exists()
