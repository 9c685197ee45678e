"""A course of the small platform beside this app, as its authors would make it: one module, two lessons and a quiz."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from courses.models import Answer, Attempt, Course, Lesson, Module, Question, Quiz

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def make() -> Course:
    """Make the course ``web``: lesson ``names``, quiz ``check`` with a question about it, ``draft`` unpublished."""
    course = Course.objects.create(
        slug="web", title="The web", starts_on=date(2026, 3, 1), ends_on=date(2026, 3, 31)
    )
    module = Module.objects.create(course=course, slug="dns", title="Names", position=1)
    lesson = Lesson.objects.create(module=module, slug="names", title="Names", expected_minutes=5, position=1)
    quiz = Quiz.objects.create(
        module=module, slug="check", title="Check", position=2, pass_mark=60, due_on=date(2026, 3, 7)
    )
    Question.objects.create(
        quiz=quiz, key="what", kind="numeric", number=1, prompt="?", position=1, points=2, lesson=lesson
    )
    Lesson.objects.create(
        module=module, slug="draft", title="Draft", expected_minutes=1, position=3, is_published=False
    )
    return course


def begin_attempt(learner: Any, **fields: Any) -> Attempt:
    """Begin an attempt at the quiz."""
    return Attempt.objects.create(
        **{"quiz": Quiz.objects.get(), "learner": learner, "number": 1, "started_at": NOON, **fields}
    )


def answer(attempt: Attempt, **fields: Any) -> Answer:
    """Answer the question of the quiz."""
    return Answer.objects.create(attempt=attempt, question=Question.objects.get(), **fields)
