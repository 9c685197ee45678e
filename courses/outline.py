"""Read the outline of a course with one learner's progress."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Count, Prefetch, TextChoices
from django.utils.translation import gettext_lazy as _

from courses.models import Attempt, Course, Lesson, LessonCompletion, Module, Quiz


class State(TextChoices):
    """A learner's progress with a lesson or quiz."""

    OPEN = "open", _("Not done yet")
    STARTED = "started", _("In progress")
    DONE = "done", _("Done")
    FAILED = "failed", _("Not passed yet")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A lesson or a quiz in its position in the course."""

    unit: Lesson | Quiz
    state: State

    @property
    def is_quiz(self) -> bool:
        """Whether the step is a quiz."""
        return isinstance(self.unit, Quiz)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A module with its steps in order."""

    module: Module
    steps: tuple[Step, ...]

    @property
    def done_count(self) -> int:
        """The number of steps that are done."""
        return sum(step.state == State.DONE for step in self.steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """The published modules of a course, in order. A module without published lessons or quizzes is left out."""

    sections: tuple[Section, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step of the course in order."""
        return tuple(step for section in self.sections for step in section.steps)

    @property
    def done_count(self) -> int:
        """The number of steps that are done."""
        return sum(section.done_count for section in self.sections)

    @property
    def next_step(self) -> Step | None:
        """The first step that is not done."""
        return next((step for step in self.steps if step.state != State.DONE), None)

    def section_of(self, unit: Lesson | Quiz) -> Section | None:
        """Return the section that contains ``unit``."""
        return next((s for s in self.sections if any(step.unit == unit for step in s.steps)), None)

    def before(self, unit: Lesson | Quiz) -> Step | None:
        """Return the step before ``unit``."""
        return next((first for first, second in pairwise(self.steps) if second.unit == unit), None)

    def after(self, unit: Lesson | Quiz) -> Step | None:
        """Return the step after ``unit``."""
        return next((second for first, second in pairwise(self.steps) if first.unit == unit), None)


def read(course: Course, user: User | AnonymousUser) -> Outline:
    """Return the outline of ``course`` with the states of ``user``, in five queries for any number of units."""
    lessons = Lesson.objects.filter(is_published=True)
    quizzes = Quiz.objects.filter(is_published=True).annotate(question_count=Count("questions"))
    modules = course.modules.prefetch_related(Prefetch("lessons", lessons), Prefetch("quizzes", quizzes))
    progress = _Progress.of(course, user)
    sections = (Section(module=module, steps=_steps(module, progress)) for module in modules)
    return Outline(sections=tuple(section for section in sections if section.steps))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Progress:
    """A learner's completed lessons and quiz results in a course, by primary key."""

    done_lessons: frozenset[int]
    results: dict[int, list[bool | None]]

    @classmethod
    def of(cls, course: Course, user: User | AnonymousUser) -> _Progress:
        completions = LessonCompletion.objects.filter(lesson__module__course=course, learner_id=user.pk)
        attempts = Attempt.objects.filter(quiz__module__course=course, learner_id=user.pk)
        results: dict[int, list[bool | None]] = {}
        for quiz, passed in attempts.values_list("quiz_id", "passed"):
            results.setdefault(quiz, []).append(passed)
        return cls(done_lessons=frozenset(completions.values_list("lesson_id", flat=True)), results=results)

    def lesson(self, lesson: Lesson) -> State:
        return State.DONE if lesson.pk in self.done_lessons else State.OPEN

    def quiz(self, quiz: Quiz) -> State:
        results = self.results.get(quiz.pk, [])
        if True in results:
            return State.DONE
        if None in results:
            return State.STARTED
        return State.FAILED if results else State.OPEN


def _steps(module: Module, progress: _Progress) -> tuple[Step, ...]:
    lessons = [Step(unit=lesson, state=progress.lesson(lesson)) for lesson in module.lessons.all()]
    quizzes = [Step(unit=quiz, state=progress.quiz(quiz)) for quiz in module.quizzes.all()]
    return tuple(sorted(lessons + quizzes, key=lambda step: step.unit.position))
