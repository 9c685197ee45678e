import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from courses import content_files
from courses.content_files import ContentError, LessonText, QuestionText
from tests.courses.conftest import TINY

MODULE = "01-first-steps"
LESSON = f"{MODULE}/01-reading.md"
QUIZ = f"{MODULE}/03-check.quiz.toml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the tiny course to spoil."""
    return Path(shutil.copytree(TINY, tmp_path / "tiny"))


def test_a_course_is_read_in_the_order_of_its_names():
    course = content_files.read(TINY)
    places = []
    for module in course.modules:
        places += [(module.slug, lesson.position, lesson.slug) for lesson in module.lessons]
        places += [(module.slug, quiz.position, quiz.slug) for quiz in module.quizzes]
    assert places == [
        ("first-steps", 1, "reading"),
        ("first-steps", 2, "watching"),
        ("first-steps", 3, "check"),
        ("further", 1, "sheet"),
        ("further", 2, "last"),
    ]


def test_a_lesson_is_its_head_and_its_body():
    assert content_files.read(TINY).modules[0].lessons[0] == LessonText(
        slug="reading",
        position=1,
        source=str(TINY / LESSON),
        title="Reading",
        kind="text",
        minutes=3,
        body="Read **this**.\n\n## A part\n\nAnd that.",
    )


def test_a_number_is_read_as_it_is_written():
    assert content_files.read(TINY).modules[0].quizzes[0].questions[3] == QuestionText(
        key="height",
        kind="numeric",
        prompt="How high?",
        lesson="watching",
        answer=Decimal(10),
        tolerance=Decimal("0.5"),
        unit="m",
    )


def test_files_that_begin_with_a_dot_are_passed_over(folder):
    (folder / MODULE / ".DS_Store").write_bytes(b"\xff")
    (folder / ".git").mkdir()
    assert len(content_files.read(folder).modules) == 2


@pytest.mark.parametrize(
    ("path", "text", "problem"),
    [
        (LESSON, "No head", "has no head. Begin it with TOML between two lines of +++."),
        (
            LESSON,
            "+++\ntitle ?\n+++\n",
            "is not TOML: Expected '=' after a key in a key/value pair (at line 1, column 7).",
        ),
        (LESSON, '+++\ntitle = "T"\nkind = "text"\n+++\n', "Object missing required field `minutes`."),
        (
            LESSON,
            '+++\ntitle = "T"\nkind = "poem"\nminutes = 1\n+++\n',
            "Invalid enum value 'poem' - at `$.kind`.",
        ),
        (
            LESSON,
            '+++\nslug = "x"\ntitle = "T"\nkind = "text"\nminutes = 1\n+++\n',
            "says 'slug', which its name or folder already says. Remove the line.",
        ),
        (QUIZ, 'title = "T"\npass_mark = 101\n', "Expected `int` <= 100 - at `$.pass_mark`."),
        (
            QUIZ,
            'title = "T"\npass_mark = 1\ncolour = 1\nquestions = []',
            "Object contains unknown field `colour`.",
        ),
        (
            f"{MODULE}/notes.txt",
            "",
            "has no place. Name it like 03-asking-well: a number, a hyphen and a slug.",
        ),
        (
            f"{MODULE}/09-notes.txt",
            "",
            "is neither a lesson (.md) nor a quiz (.quiz.toml). Rename or remove it.",
        ),
        (f"{MODULE}/03-more.md", "", "has the same number as 03-check.quiz.toml. Give each its own."),
        (
            f"{MODULE}/04-reading.quiz.toml",
            "",
            "has a slug, 'reading', that is taken in its folder. Choose another.",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_what_to_do(folder, path, text, problem):
    (folder / path).write_text(text)
    with pytest.raises(ContentError) as caught:
        content_files.read(folder)
    assert (caught.value.path, caught.value.problem) == (folder / path, problem)


def test_a_missing_file_is_named(folder):
    (folder / "course.toml").unlink()
    with pytest.raises(ContentError, match=r"course\.toml: is missing\. Write it, with at least a title\."):
        content_files.read(folder)


def test_a_file_in_another_encoding_is_named(folder):
    (folder / LESSON).write_bytes('+++\ntitle = "Café"'.encode("latin-1"))
    with pytest.raises(ContentError, match=r"is not UTF-8 at byte 16\. Save it as UTF-8\."):
        content_files.read(folder)


def test_a_lesson_is_found_near_or_else_where_it_is_the_only_one():
    course = content_files.read(TINY)
    further = course.modules[1]
    assert course.find_lesson("sheet", near=further) == ("further", "sheet")
    assert course.find_lesson("reading", near=further) == ("first-steps", "reading")
    assert course.find_lesson("nowhere", near=further) is None
