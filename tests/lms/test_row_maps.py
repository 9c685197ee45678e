from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from courses.models import Attempt as HostAttempt
from courses.models import Lesson, Quiz
from tests import web_course
from tests.web_course import NOON
from tracking import lms
from tracking.lms import AnswerFields, AttemptFields, CompletionFields, Node, Structure, UnitRef

pytestmark = pytest.mark.django_db

QUIZ = Node("courses.Quiz", course="module__course", kind=lms.UnitKind.QUIZ, key="slug")
STRUCTURE = Structure("courses.Course", key="slug", nodes=[QUIZ])
REF = UnitRef(course_key="web", unit_key="quiz:check")


@pytest.fixture
def lea():
    return User.objects.create_user("lea")


@pytest.fixture
def row(lea):
    web_course.make()
    return web_course.begin_attempt(
        lea, submitted_at=NOON + timedelta(minutes=1), score=1, max_score=4, passed=False
    )


def read(row, *, structure=STRUCTURE, **entry):
    given = {"courses.Attempt": AttemptFields(**{"learner": "learner", "unit": "quiz", **entry})}
    return type("Declared", (lms.Adapter,), {"structure": structure, "attempts": given})().attempt_records(
        row
    )


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"course": "quiz__module__course"},
        {"course": lambda row: "web"},
        {"unit": "quiz__slug", "node": "courses.Quiz", "course": "quiz__module__course__slug"},
        {"unit": lambda row: row.quiz},
        {"unit": lambda row: "quiz:check", "course": lambda row: row.quiz.module.course},
    ],
)
def test_the_unit_and_course_of_an_attempt_may_be_rows_or_keys(row, entry):
    [record] = read(row, **entry)

    assert record.unit == REF


def test_keys_alone_do_where_there_is_no_structure(row):
    [record] = read(row, structure=None, unit="quiz__slug", course=lambda row: "web")

    assert record.unit == UnitRef(course_key="web", unit_key="check")


@pytest.mark.parametrize(
    "entry",
    [
        {"unit": lambda row: None},
        {"unit": "quiz__slug"},  # A bare key does not say its course.
        {"course": lambda row: None},
        {"learner": lambda row: None},
        {"unit": "learner"},
    ],
)
def test_an_attempt_without_learner_unit_or_course_is_none(row, entry):
    assert read(row, **entry) == []


def test_a_model_that_the_map_does_not_name_is_no_attempt(row):
    assert lms.get_adapter().attempt_records(Quiz.objects.get()) == []
    assert lms.get_adapter().completion_records(row) == []


def test_a_group_attempt_is_one_for_each_of_its_learners(row):
    course = row.quiz.module.course
    for name in ("ada", "bob"):
        course.enrolments.create(learner=User.objects.create_user(name))

    records = read(row, learner="quiz__module__course__learners")

    assert {record.learner_id for record in records} == set(course.learners.values_list("pk", flat=True))
    assert {record.source_key for record in records} == {str(row.pk)}


def test_without_moments_of_its_own_an_attempt_happened_now(row):
    before = timezone.now()

    [record] = read(row)

    assert before <= record.started_at <= timezone.now()
    assert record.submitted_at is None


def test_an_attempt_never_begins_after_it_was_submitted(row):
    [record] = read(row, started_at=lambda row: NOON, submitted_at=lambda row: NOON - timedelta(seconds=1))

    assert record.started_at == record.submitted_at == NOON - timedelta(seconds=1)


@pytest.mark.parametrize(("is_done", "has_time"), [(True, True), (False, False)])
def test_a_host_may_only_know_whether_an_attempt_was_submitted(row, is_done, has_time):
    [record] = read(row, is_submitted=lambda row: is_done)

    assert (record.submitted_at is not None) is has_time


def test_a_moment_counts_only_once_the_attempt_is_submitted(row):
    [record] = read(row, is_submitted=lambda row: False, submitted_at="submitted_at")

    assert record.submitted_at is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [("max_score", 4.0), (100, 100.0), (0, None), (lambda row: None, None), (None, None)],
)
def test_the_maximum_may_be_read_or_one_number_for_all_and_is_never_nought(row, given, expected):
    [record] = read(row, max_score=given)

    assert record.max_score == expected


def test_answers_may_come_from_a_callable_and_hold_keys_only(row):
    given = [
        {"q": 1, "right": None, "options": Quiz.objects.all()},
        {"q": 2, "right": 1, "options": "a", "points": "1.5", "about": ["DNS", "HTTP"]},
    ]
    answers = AnswerFields(
        relation=lambda row: given,
        question="q",
        is_correct="right",
        points="points",
        chosen="options",
        skills=lambda answer: answer.get("about"),
    )

    [record] = read(row, answers=answers)

    assert record.answers == (
        lms.AnswerRecord(question_key="1", is_correct=None, chosen=(str(Quiz.objects.get().pk),)),
        lms.AnswerRecord(
            question_key="2", is_correct=True, chosen=("a",), points=1.5, skills=("DNS", "HTTP")
        ),
    )


def test_answers_are_read_in_one_query_with_their_lessons(row, django_assert_num_queries):
    """Each answer once took three: for its question, for the lesson, and for what the lesson's key is made of."""
    lesson = Lesson.objects.get(slug="names")
    for number in range(3):
        question = row.quiz.questions.create(
            key=f"q{number}", kind="numeric", number=1, prompt="?", position=number + 5, lesson=lesson
        )
        row.answers.create(question=question, is_correct=False)
    row = HostAttempt.objects.select_related("quiz__module__course").get(pk=row.pk)
    lessons = Node(
        "courses.Lesson", course="module__course", kind=lms.UnitKind.LESSON, key=("module__slug", "slug")
    )
    structure = Structure("courses.Course", key="slug", nodes=[QUIZ, lessons])
    answers = AnswerFields(relation="answers", question="question__key", lessons="question__lesson")

    with django_assert_num_queries(1):
        [record] = read(row, structure=structure, answers=answers)

    assert {answer.question_key: answer.lesson_keys for answer in record.answers} == {
        f"q{number}": ("lesson:dns/names",) for number in range(3)
    }


def test_answers_may_be_left_for_later(row):
    [record] = lms.get_adapter().attempt_records(row, has_answers=False)

    assert record.answers is None


def test_a_row_of_a_subclass_is_an_attempt_like_its_parents(row):
    class Practice(HostAttempt):
        class Meta:
            proxy = True
            app_label = "tests"

    [record] = read(Practice.objects.get(pk=row.pk))

    assert record.source_label == "courses.Attempt"


@pytest.mark.parametrize(("is_completed", "count"), [(True, 1), (False, 0)])
def test_a_progress_row_says_nothing_until_it_is_complete(row, lea, is_completed, count):
    entry = CompletionFields(
        learner="learner", unit="quiz", completed_at="submitted_at", is_completed=lambda row: is_completed
    )
    given = {"structure": STRUCTURE, "completions": {"courses.Attempt": entry}}

    records = type("Declared", (lms.Adapter,), given)().completion_records(row)

    assert [(each.learner_id, each.unit, each.completed_at) for each in records] == [
        (lea.pk, REF, row.submitted_at)
    ] * count
