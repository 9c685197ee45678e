from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.utils import timezone

from courses import outline
from courses.models import Attempt, Course, Lesson, LessonCompletion, Quiz
from courses.outline import State


def states(course: Course, user: User | AnonymousUser) -> list[tuple[str, State]]:
    return [(step.unit.slug, step.state) for step in outline.read(course, user).steps]


def test_lessons_and_quizzes_stand_in_one_order(course):
    assert states(course, AnonymousUser()) == [
        ("reading", State.OPEN),
        ("watching", State.OPEN),
        ("check", State.OPEN),
        ("sheet", State.OPEN),
        ("last", State.OPEN),
    ]
    assert [step.is_quiz for step in outline.read(course, AnonymousUser()).steps] == [
        False,
        False,
        True,
        False,
        True,
    ]


def test_a_lesson_marked_as_done_is_done_for_that_learner_alone(course, learner, instructor):
    LessonCompletion.objects.create(lesson=Lesson.objects.get(slug="reading"), learner=learner)
    assert states(course, learner)[0] == ("reading", State.DONE)
    assert states(course, instructor)[0] == ("reading", State.OPEN)


@pytest.mark.parametrize(
    ("results", "state"),
    [
        ([None], State.STARTED),
        ([False], State.FAILED),
        ([False, None], State.STARTED),
        ([True], State.DONE),
        ([True, False, None], State.DONE),
    ],
)
def test_the_state_of_a_quiz_follows_its_attempts(course, learner, results, state):
    quiz = Quiz.objects.get(slug="last")
    now = timezone.now()
    for number, passed in enumerate(results, start=1):
        scored = (
            {} if passed is None else {"submitted_at": now + timedelta(hours=1), "score": 0, "max_score": 1}
        )
        Attempt.objects.create(
            quiz=quiz, learner=learner, number=number, started_at=now, passed=passed, **scored
        )
    assert states(course, learner)[-1] == ("last", state)


def test_what_is_not_published_is_not_there(course, learner):
    Lesson.objects.filter(slug="sheet").update(is_published=False)
    Quiz.objects.filter(slug="last").update(is_published=False)
    whole = outline.read(course, learner)
    assert [section.module.slug for section in whole.sections] == ["first-steps"]


def test_an_outline_knows_what_comes_next_and_what_is_around(course, learner):
    reading, watching = Lesson.objects.filter(module__slug="first-steps")
    LessonCompletion.objects.create(lesson=reading, learner=learner)
    whole = outline.read(course, learner)
    assert whole.done_count == 1
    assert whole.next_step is not None
    assert whole.next_step.unit == watching
    assert whole.before(reading) is None
    assert whole.before(watching) == whole.steps[0]
    assert whole.after(watching) == whole.steps[2]
    assert whole.after(whole.steps[-1].unit) is None
    assert whole.section_of(watching) == whole.sections[0]


def test_reading_an_outline_takes_five_queries(course, learner, django_assert_num_queries):
    with django_assert_num_queries(5):
        for step in outline.read(course, learner).steps:
            step.unit.get_absolute_url()
