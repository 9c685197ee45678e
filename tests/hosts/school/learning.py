"""The host of the installation guide, with the adapter that it shows, tested as the guide for testing says."""

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from tests.hosts.driving import browser_of, learners, outlines
from tests.hosts.school.models import Course, Lesson, Quiz, Section, Sitting
from tracking import lms
from tracking.checks import live_adapter
from tracking.testing.assertions import assert_row_becomes_attempt, assert_view_maps_to_unit
from tracking.testing.consent import grant_all_purposes

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
    grant_all_purposes(ida)
    return ida


def test_the_outline_has_sections_with_their_lessons_and_quizzes(section, lesson, quiz):
    assert outlines() == {"physics": [f"module:{section.pk}", f"lesson:{lesson.pk}", f"quiz:{quiz.pk}"]}
    assert [node.expected_seconds for node in lms.get_adapter().outline("physics").nodes] == [None, 720, None]


def test_students_learn_and_the_teacher_instructs(section, ida):
    assert learners("physics") == [ida.pk]
    assert lms.get_adapter().instructed_course_keys(section.course.teacher) == ["physics"]


def test_the_lesson_view_maps_to_a_lesson(lesson, ida):
    assert_view_maps_to_unit(
        "lesson-detail",
        "physics",
        f"lesson:{lesson.pk}",
        client=browser_of(ida),
        kwargs={"course": "physics", "pk": lesson.pk},
    )


def test_the_quiz_view_maps_to_a_quiz(quiz, ida):
    assert_view_maps_to_unit(f"/quiz/{quiz.pk}/", "physics", f"quiz:{quiz.pk}", client=browser_of(ida))


def test_a_sitting_becomes_an_attempt_that_is_passed_from_twelve_points(quiz, ida):
    sitting = Sitting.objects.create(user=ida, quiz=quiz, ended=timezone.now(), points=14)

    assert_row_becomes_attempt(
        sitting, "physics", f"quiz:{quiz.pk}", learner=ida, score=14, max_score=20, is_passed=True
    )


def test_a_sitting_is_recorded_when_it_is_saved(quiz, ida, tracking_recorder):
    Sitting.objects.create(user=ida, quiz=quiz, ended=timezone.now(), points=14)

    assert [(attempt.learner, attempt.score) for attempt in tracking_recorder.attempts] == [(ida, 14)]


def test_the_command_that_proves_an_adapter_finds_no_fault(lesson, quiz, ida):
    Sitting.objects.create(user=ida, quiz=quiz, ended=timezone.now(), points=14)

    assert live_adapter.check_live_adapter(sample=10).problems == []
