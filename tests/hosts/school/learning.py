"""The host of the installation guide, with the adapter that stands there."""

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from tests.hosts.driving import agreed, attempts, browser_of, learners, openings, outlines
from tests.hosts.school.models import Course, Lesson, Quiz, Section, Sitting
from tracking import lms
from tracking.checks import live_adapter

pytest_plugins = ["tests.hosts.committing"]


@pytest.fixture
def section():
    course = Course.objects.create(slug="physics", title="Physics", teacher=User.objects.create_user("tea"))
    return Section.objects.create(course=course, title="Waves", position=1)


@pytest.fixture
def lesson(section):
    return Lesson.objects.create(section=section, title="Light", position=1, minutes=12)


@pytest.fixture
def quiz(section):
    return Quiz.objects.create(section=section, title="Check", position=2)


@pytest.fixture
def ida(section):
    ida = User.objects.create_user("ida")
    section.course.students.add(ida)
    return agreed(ida)


def test_the_outline_has_sections_with_their_lessons_and_quizzes(section, lesson, quiz):
    assert outlines() == {"physics": [f"module:{section.pk}", f"lesson:{lesson.pk}", f"quiz:{quiz.pk}"]}
    assert [node.expected_seconds for node in lms.get_adapter().outline("physics").nodes] == [None, 720, None]


def test_students_learn_and_the_teacher_instructs(section, ida):
    assert learners("physics") == [ida.pk]
    assert lms.get_adapter().instructed_course_keys(section.course.teacher) == ["physics"]


def test_a_lesson_and_a_quiz_are_opened_as_units_of_their_course(lesson, quiz, ida):
    browser = browser_of(ida)

    browser.get(f"/c/physics/lessons/{lesson.pk}/")
    browser.get(f"/quiz/{quiz.pk}/")

    assert openings() == [("ida", "physics", f"lesson:{lesson.pk}"), ("ida", "physics", f"quiz:{quiz.pk}")]


def test_a_sitting_is_an_attempt_that_is_passed_from_twelve_points(quiz, ida):
    Sitting.objects.create(user=ida, quiz=quiz, ended=timezone.now(), points=14)

    assert attempts() == [("ida", "physics", f"quiz:{quiz.pk}", 14, 20, True)]


def test_the_command_that_proves_an_adapter_finds_no_fault(lesson, quiz, ida):
    Sitting.objects.create(user=ida, quiz=quiz, ended=timezone.now(), points=14)

    assert live_adapter.check_live_adapter(sample=10).evidence == []
