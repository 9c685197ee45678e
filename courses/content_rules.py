"""Check the rules between the files of a course."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from courses.content_files import ContentError, CourseText, LessonText, ModuleText, QuestionText, QuizText


def check(course: CourseText, *, media: Path) -> None:
    """Raise ``ContentError`` for the first rule that ``course`` breaks; ``media`` is the folder of its media."""
    for module in course.modules:
        for lesson in module.lessons:
            _check_lesson(lesson, media)
        for quiz in module.quizzes:
            _check_unique((question.key for question in quiz.questions), quiz, "question")
            for question in quiz.questions:
                _check_source(course, module, quiz, question)
                _check_question(quiz, question)


def _check_lesson(lesson: LessonText, media: Path) -> None:
    if lesson.kind == "video" and not (lesson.video and lesson.captions):
        raise ContentError(lesson.source, "is a video. Name its files in video and in captions.")
    if lesson.kind == "document" and not lesson.file:
        raise ContentError(lesson.source, "is a document. Name the document in file.")
    for name in lesson.files:
        if not (media / name).is_file():
            raise ContentError(lesson.source, f"names {name!r}, which is not in {media}. Put it there.")


def _check_source(course: CourseText, module: ModuleText, quiz: QuizText, question: QuestionText) -> None:
    if course.find_lesson(question.lesson, near=module) is None:
        raise ContentError(
            quiz.source,
            f"question {question.key!r} names the lesson {question.lesson!r}, which is not in its module "
            "nor the only one of that slug elsewhere. Name one that is.",
        )


def _check_question(quiz: QuizText, question: QuestionText) -> None:
    _check_unique((option.key for option in question.options), quiz, "option")
    if problem := _problem_with(question):
        raise ContentError(quiz.source, f"question {question.key!r} {problem}")


def _problem_with(question: QuestionText) -> str | None:
    option_count = len(question.options)
    correct_count = sum(option.correct for option in question.options)
    is_met, need = {
        "single": (option_count >= 2 and correct_count == 1, "two options or more, one of them correct"),
        "multiple": (option_count >= 2 and correct_count >= 1, "two options or more, one or more correct"),
        "true_false": (option_count == 2 and correct_count == 1, "two options, one of them correct"),
        "numeric": (question.answer is not None and question.tolerance >= 0, "a number in answer"),
        "short_text": (any(text.strip() for text in question.accepted), "the accepted answers in accepted"),
    }[question.kind]
    if not is_met:
        return f"needs {need}."
    if question.options and question.kind in {"numeric", "short_text"}:
        return "has options, which its kind does not show. Remove them or change the kind."
    return None


def _check_unique(keys: Iterable[str], quiz: QuizText, noun: str) -> None:
    for key, number in Counter(keys).items():
        if number > 1:
            raise ContentError(quiz.source, f"has {number} {noun}s of the key {key!r}. Give each its own.")
