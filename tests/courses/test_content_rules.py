from decimal import Decimal
from pathlib import Path

import pytest
from django.apps import apps
from msgspec.structs import replace

from courses import content_files, content_rules
from courses.content_files import ContentError, CourseText, OptionText
from tests.courses.conftest import MEDIA, TINY

HOME = Path(apps.get_app_config("courses").path)
NO, YES = OptionText(key="no", text="No", correct=False), OptionText(key="yes", text="Yes", correct=True)
NOT_SHOWN = "has options, which its kind does not show. Remove them or change the kind."


def with_question(**changes: object) -> CourseText:
    """Return the tiny course with its first question changed."""
    course = content_files.read(TINY)
    module = course.modules[0]
    quiz = module.quizzes[0]
    quiz = replace(quiz, questions=(replace(quiz.questions[0], **changes), *quiz.questions[1:]))
    return replace(course, modules=(replace(module, quizzes=(quiz,)), course.modules[1]))


def with_lesson(**changes: object) -> CourseText:
    """Return the tiny course with its first lesson changed."""
    course = content_files.read(TINY)
    module = course.modules[0]
    lessons = (replace(module.lessons[0], **changes), *module.lessons[1:])
    return replace(course, modules=(replace(module, lessons=lessons), course.modules[1]))


def problem_of(course: CourseText) -> str:
    with pytest.raises(ContentError) as caught:
        content_rules.check(course, media=MEDIA)
    return caught.value.problem


@pytest.mark.parametrize("folder", sorted((HOME / "content").iterdir()), ids=lambda path: path.name)
def test_the_courses_that_are_shipped_keep_the_rules(folder):
    content_rules.check(content_files.read(folder), media=HOME / "static" / "courses")


def test_the_tiny_course_keeps_the_rules():
    content_rules.check(content_files.read(TINY), media=MEDIA)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"options": (YES,)}, "needs two options or more, one of them correct."),
        ({"options": (YES, YES)}, None),
        ({"options": (NO, replace(NO, key="never"))}, "needs two options or more, one of them correct."),
        (
            {"kind": "multiple", "options": (NO, replace(NO, key="never"))},
            "needs two options or more, one or more correct.",
        ),
        (
            {"kind": "true_false", "options": (YES, NO, replace(NO, key="never"))},
            "needs two options, one of them correct.",
        ),
        ({"kind": "numeric"}, "needs a number in answer."),
        ({"kind": "numeric", "answer": Decimal(1), "tolerance": Decimal(-1)}, "needs a number in answer."),
        ({"kind": "numeric", "answer": Decimal(1)}, NOT_SHOWN),
        (
            {"kind": "short_text", "options": (), "accepted": (" ",)},
            "needs the accepted answers in accepted.",
        ),
        ({"kind": "short_text", "accepted": ("Ada",)}, NOT_SHOWN),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(changes, problem):
    expected = (
        f"question 'colour' {problem}" if problem else "has 2 options of the key 'yes'. Give each its own."
    )
    assert problem_of(with_question(**changes)) == expected


def test_two_questions_of_one_key_are_refused():
    assert (
        problem_of(with_question(key="primes")) == "has 2 questions of the key 'primes'. Give each its own."
    )


def test_a_question_from_no_lesson_is_refused():
    assert problem_of(with_question(lesson="nowhere")) == (
        "question 'colour' names the lesson 'nowhere', which is not in its module nor the only one of that slug "
        "elsewhere. Name one that is."
    )


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        (
            {"kind": "video", "video": "content/tiny/talk.webm"},
            "is a video. Name its files in video and in captions.",
        ),
        ({"kind": "document"}, "is a document. Name the document in file."),
        ({"poster": "gone.png"}, f"names 'gone.png', which is not in {MEDIA}. Put it there."),
    ],
)
def test_a_lesson_without_its_files_is_refused(changes, problem):
    assert problem_of(with_lesson(**changes)) == problem
