"""Load courses from files into the database. Safe to run again."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, Model, QuerySet

from courses import schedule
from courses.content_files import ContentError, CourseText, LessonText, ModuleText, QuestionText, QuizText
from courses.models import Answer, Course, Lesson, Module, Question, Quiz

# Positions are unique within a parent, so old rows move up here before new ones take their positions: without it,
# swapping two lessons would break the constraint.
_PARKED_FROM = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The contents of a course that was loaded."""

    course: Course
    is_new: bool
    module_count: int
    lesson_count: int
    quiz_count: int
    question_count: int


@transaction.atomic
def load(text: CourseText, *, starts_on: date) -> Loaded:
    """Make the database match ``text``, and return the counts.

    A new course starts on ``starts_on``; an existing course keeps its dates. A lesson or quiz that is no longer in the
    files is withdrawn, not deleted, because learners' work depends on it. A module without lessons and quizzes is
    deleted. Raises ``ContentError`` if a question is missing that learners have answered.
    """
    course, is_new = Course.objects.update_or_create(
        slug=text.slug,
        defaults={"title": text.title, "summary": text.summary, "language": text.language},
        create_defaults={
            "title": text.title,
            "summary": text.summary,
            "language": text.language,
            "starts_on": starts_on,
            "ends_on": starts_on,
        },
    )
    _load_modules(course, text)
    if is_new:
        schedule.spread(course, starts_on=starts_on, weeks=text.weeks)
    return Loaded(
        course=course,
        is_new=is_new,
        module_count=len(text.modules),
        lesson_count=sum(len(module.lessons) for module in text.modules),
        quiz_count=sum(len(module.quizzes) for module in text.modules),
        question_count=sum(len(quiz.questions) for module in text.modules for quiz in module.quizzes),
    )


def _load_modules(course: Course, text: CourseText) -> None:
    _park(course.modules.all())
    lessons: dict[tuple[str, str], Lesson] = {}
    modules = [(_load_module(course, module), module) for module in text.modules]
    for row, module in modules:
        lessons |= {(module.slug, lesson.slug): lesson for lesson in _load_lessons(row, module)}
    for row, module in modules:
        _load_quizzes(row, module, text, lessons)
    missing = course.modules.filter(position__gte=_PARKED_FROM)
    Lesson.objects.filter(module__in=missing).update(is_published=False)
    Quiz.objects.filter(module__in=missing).update(is_published=False)
    missing.filter(lessons=None, quizzes=None).delete()
    _renumber(missing, after=len(text.modules))


def _load_module(course: Course, module: ModuleText) -> Module:
    return Module.objects.update_or_create(
        course=course,
        slug=module.slug,
        defaults={"title": module.title, "summary": module.summary, "position": module.position},
    )[0]


def _load_lessons(row: Module, module: ModuleText) -> list[Lesson]:
    _park(row.lessons.all())
    lessons = [_load_lesson(row, lesson) for lesson in module.lessons]
    _withdraw(row.lessons.filter(position__gte=_PARKED_FROM), after=_last_position(module))
    return lessons


def _load_lesson(row: Module, lesson: LessonText) -> Lesson:
    fields = _lesson_fields(lesson)
    return Lesson.objects.update_or_create(module=row, slug=lesson.slug, defaults=fields)[0]


def _lesson_fields(lesson: LessonText) -> dict[str, Any]:
    return {
        "title": lesson.title,
        "kind": lesson.kind,
        "body": lesson.body,
        "expected_minutes": lesson.minutes,
        "is_optional": lesson.optional,
        "media_file": _static_path(lesson.video or lesson.file),
        "captions_file": _static_path(lesson.captions),
        "poster_file": _static_path(lesson.poster),
        "position": lesson.position,
        "is_published": True,
    }


def _static_path(name: str) -> str:
    return f"courses/{name}" if name else ""


def _load_quizzes(
    row: Module, module: ModuleText, course: CourseText, lessons: dict[tuple[str, str], Lesson]
) -> None:
    _park(row.quizzes.all())
    for text in module.quizzes:
        quiz, _ = Quiz.objects.update_or_create(
            module=row,
            slug=text.slug,
            defaults={
                "title": text.title,
                "position": text.position,
                "pass_mark": text.pass_mark,
                "attempt_limit": text.attempt_limit or None,
                "is_published": True,
            },
        )
        _delete_missing_questions(quiz, text)
        for position, question in enumerate(text.questions, start=1):
            place = course.find_lesson(question.lesson, near=module)
            _load_question(quiz, question, position=position, lesson=lessons[place] if place else None)
    _withdraw(row.quizzes.filter(position__gte=_PARKED_FROM), after=_last_position(module))


def _delete_missing_questions(quiz: Quiz, text: QuizText) -> None:
    missing = quiz.questions.exclude(key__in=[question.key for question in text.questions])
    if answer := Answer.objects.filter(question__in=missing).select_related("question").first():
        raise ContentError(
            text.source,
            f"no longer has the question {answer.question.key!r}, which learners have answered. Put it back.",
        )
    missing.delete()


def _load_question(quiz: Quiz, text: QuestionText, *, position: int, lesson: Lesson | None) -> None:
    question, _ = Question.objects.update_or_create(
        quiz=quiz,
        key=text.key,
        defaults={
            "kind": text.kind,
            "prompt": text.prompt,
            "feedback": text.feedback,
            "position": position,
            "points": text.points,
            "lesson": lesson,
            "number": text.answer,
            "tolerance": text.tolerance,
            "number_unit": text.unit,
            "accepted": list(text.accepted),
        },
    )
    question.options.exclude(key__in=[option.key for option in text.options]).delete()
    for place, option in enumerate(text.options, start=1):
        question.options.update_or_create(
            key=option.key,
            defaults={
                "text": option.text,
                "is_correct": option.correct,
                "feedback": option.feedback,
                "position": place,
            },
        )


def _park(rows: QuerySet[Any]) -> None:
    rows.update(position=F("position") + _PARKED_FROM)


def _withdraw(rows: QuerySet[Any], *, after: int) -> None:
    rows.update(is_published=False)
    _renumber(rows, after=after)


def _renumber(rows: QuerySet[Any], *, after: int) -> None:
    row: Model
    for position, row in enumerate(rows.order_by("position"), start=after + 1):
        type(row)._default_manager.filter(pk=row.pk).update(position=position)


def _last_position(module: ModuleText) -> int:
    return len(module.lessons) + len(module.quizzes)
