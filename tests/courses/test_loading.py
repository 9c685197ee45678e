from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from msgspec.structs import replace

from courses import content_files, loading
from courses.content_files import ContentError, CourseText
from courses.loading import Loaded
from courses.models import Answer, Course, Lesson, Module, Option, Question, Quiz
from tests.courses.conftest import FOLDER, MEDIA, TINY

TEXT = content_files.read(TINY)


def load(text: CourseText) -> Loaded:
    return loading.load(text, starts_on=date(2026, 3, 2))


def rows() -> dict[str, list[Any]]:
    return {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in (Course, Module, Lesson, Quiz, Question, Option)
    }


def with_module(index: int, **changes: Any) -> CourseText:
    modules = list(TEXT.modules)
    modules[index] = replace(modules[index], **changes)
    return replace(TEXT, modules=tuple(modules))


@pytest.mark.django_db
def test_a_course_is_loaded_with_all_it_holds():
    loaded = load(TEXT)
    assert loaded == Loaded(
        course=Course.objects.get(slug="tiny"),
        is_new=True,
        module_count=2,
        lesson_count=3,
        quiz_count=2,
        question_count=6,
    )
    video = Lesson.objects.get(slug="watching")
    assert (video.media_file, video.captions_file, video.poster_file) == (
        "courses/content/tiny/talk.webm",
        "courses/content/tiny/talk.vtt",
        "",
    )
    height = Question.objects.get(key="height")
    assert (height.number, height.tolerance, height.number_unit, height.lesson) == (
        Decimal(10),
        Decimal("0.5"),
        "m",
        video,
    )
    assert list(Quiz.objects.values_list("slug", "attempt_limit")) == [("last", None), ("check", 2)]


def test_loading_twice_changes_nothing(course):
    before = rows()
    assert not load(TEXT).is_new
    assert rows() == before


def test_a_new_order_is_taken_over(course):
    first, second = TEXT.modules
    lessons = (replace(first.lessons[0], position=2), replace(first.lessons[1], position=1))
    modules = (replace(second, position=1), replace(first, position=2, lessons=lessons))
    load(replace(TEXT, modules=modules))
    assert list(course.modules.values_list("slug", "position")) == [("further", 1), ("first-steps", 2)]
    assert list(Lesson.objects.filter(module__slug="first-steps").values_list("slug", flat=True)) == [
        "watching",
        "reading",
    ]


def test_a_lesson_may_be_optional(course):
    lessons = (replace(TEXT.modules[0].lessons[0], optional=True), TEXT.modules[0].lessons[1])
    load(with_module(0, lessons=lessons))
    assert [lesson.slug for lesson in Lesson.objects.filter(is_optional=True)] == ["reading"]


def test_a_lesson_that_is_gone_is_withdrawn_and_comes_back(course):
    load(with_module(0, lessons=TEXT.modules[0].lessons[:1]))
    load(with_module(0, lessons=TEXT.modules[0].lessons[:1]))
    assert list(Lesson.objects.filter(slug="watching").values_list("is_published", "position")) == [
        (False, 3)
    ]
    load(TEXT)
    assert list(Lesson.objects.filter(slug="watching").values_list("is_published", "position")) == [(True, 2)]


def test_a_module_that_is_gone_is_withdrawn_with_what_it_holds(course):
    for _ in range(2):
        load(replace(TEXT, modules=TEXT.modules[:1]))
    assert list(course.modules.values_list("slug", "position")) == [("first-steps", 1), ("further", 2)]
    assert not Lesson.objects.get(slug="sheet").is_published
    assert not Quiz.objects.get(slug="last").is_published


def test_an_empty_module_that_is_gone_is_deleted(course):
    load(
        replace(
            TEXT,
            modules=(
                *TEXT.modules,
                replace(TEXT.modules[1], slug="empty", position=3, lessons=(), quizzes=()),
            ),
        )
    )
    load(TEXT)
    assert list(course.modules.values_list("slug", flat=True)) == ["first-steps", "further"]


def test_a_question_that_is_gone_goes_with_its_options(course):
    quiz = TEXT.modules[0].quizzes[0]
    load(with_module(0, quizzes=(replace(quiz, questions=quiz.questions[1:]),)))
    assert not Question.objects.filter(key="colour").exists()
    assert not Option.objects.filter(key="blue").exists()


def test_a_question_that_learners_answered_stays(attempt):
    """Its answers would go with it, and with them what learners did."""
    Answer.objects.create(attempt=attempt, question=Question.objects.get(key="colour"))
    quiz = TEXT.modules[0].quizzes[0]
    with pytest.raises(
        ContentError, match="no longer has the question 'colour', which learners have answered"
    ):
        load(with_module(0, title="Changed", quizzes=(replace(quiz, questions=quiz.questions[1:]),)))
    assert not Module.objects.filter(title="Changed").exists()


def test_the_dates_of_a_course_that_is_there_stay(course):
    loading.load(TEXT, starts_on=date(2027, 1, 1))
    course.refresh_from_db()
    assert (course.starts_on, course.ends_on) == (date(2026, 3, 2), date(2026, 3, 15))


@pytest.mark.django_db
def test_the_command_loads_every_course_and_says_what_it_did(capsys):
    options = {"media": MEDIA, "starts_on": date(2026, 3, 2)}
    call_command("load_courses", FOLDER / "content", **options)
    call_command("load_courses", FOLDER / "content", **options)
    counts = "2 modules, 3 lessons, 2 quizzes, 6 questions."
    assert capsys.readouterr().out.splitlines() == [f"Loaded Tiny: {counts}", f"Updated Tiny: {counts}"]


@pytest.mark.django_db
def test_the_command_names_the_file_that_cannot_be_used(tmp_path):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "course.toml").write_text("title")
    with pytest.raises(CommandError, match=r"broken/course\.toml: is not TOML"):
        call_command("load_courses", tmp_path)


def test_the_command_says_where_there_is_no_course(tmp_path):
    with pytest.raises(CommandError, match=r"contains no courses: no folder in it has a course\.toml"):
        call_command("load_courses", tmp_path)
