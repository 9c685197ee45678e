"""The adapter of the small platform beside this app: what a host's own test of its adapter looks like."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import User

from courses.models import Course, Enrolment, Group
from tests import web_course
from tests.web_course import NOON
from tracking import lms
from tracking.lms import AnswerRecord, AttemptRecord, EnrolmentRecord, Outline, OutlineNode, UnitKind, UnitRef

pytestmark = pytest.mark.django_db


@pytest.fixture
def course() -> Course:
    return web_course.make()


def test_the_outline_lists_modules_lessons_and_quizzes_in_the_order_of_the_course(
    course, django_assert_num_queries
):
    with django_assert_num_queries(4):  # The course, and one for each model of its nodes.
        outline = lms.get_adapter().outline("web")

    page = "/courses/web/dns/{}/"
    assert outline == Outline(
        course_key="web",
        title="The web",
        starts_at=datetime(2026, 3, 1, tzinfo=UTC),
        ends_at=datetime(2026, 3, 31, 23, 59, 59, tzinfo=UTC),
        nodes=(
            OutlineNode(key="module:dns", kind=UnitKind.MODULE, title="Names", url="/courses/web/#dns"),
            OutlineNode(
                key="lesson:dns/names",
                kind=UnitKind.LESSON,
                title="Names",
                parent_key="module:dns",
                url=page.format("lesson/names"),
                expected_seconds=300,
            ),
            OutlineNode(
                key="quiz:dns/check",
                kind=UnitKind.QUIZ,
                title="Check",
                parent_key="module:dns",
                url=page.format("quiz/check"),
                due_at=datetime(2026, 3, 7, 23, 59, 59, tzinfo=UTC),
            ),
            OutlineNode(
                key="lesson:dns/draft",
                kind=UnitKind.LESSON,
                title="Draft",
                parent_key="module:dns",
                url=page.format("lesson/draft"),
                expected_seconds=60,
                is_available=False,
            ),
        ),
    )


def test_learners_come_with_their_class_and_instructors_are_not_among_them(course):
    learner, instructor = (User.objects.create_user(name) for name in ("lea", "ines"))
    course.instructors.add(instructor)
    group = Group.objects.create(course=course, name="Spring", starts_on=date(2026, 3, 1))
    Enrolment.objects.create(course=course, learner=learner, group=group, enrolled_at=NOON)
    Enrolment.objects.create(course=course, learner=instructor, enrolled_at=NOON)

    assert list(lms.get_adapter().enrolments("web")) == [
        EnrolmentRecord(
            learner_id=learner.pk, group_key=str(group.pk), group_title="Spring", enrolled_at=NOON
        )
    ]


@pytest.mark.parametrize(
    ("path", "unit_key"),
    [
        ("/courses/web/dns/lesson/names/", "lesson:dns/names"),
        ("/courses/web/dns/quiz/check/", "quiz:dns/check"),
        ("/courses/web/dns/quiz/check/attempt/1/", "quiz:dns/check"),
        ("/courses/web/dns/quiz/check/result/1/", "quiz:dns/check"),
    ],
)
def test_pages_show_the_units_that_the_outline_names_without_a_query(
    course, path, unit_key, django_assert_num_queries
):
    with django_assert_num_queries(0):
        unit = lms.get_adapter().unit_of_path(path)

    assert unit == UnitRef(course_key="web", unit_key=unit_key)
    outline = lms.get_adapter().outline("web")
    assert outline is not None
    assert unit_key in {node.key for node in outline.nodes}


def test_an_attempt_brings_its_answers_and_the_lessons_that_they_are_about(course):
    learner = User.objects.create_user("lea")
    submitted_at = NOON + timedelta(minutes=4)
    attempt = web_course.begin_attempt(learner, submitted_at=submitted_at, score=1, max_score=2, passed=False)
    web_course.answer(attempt, chosen=["a", "b"], is_correct=False, points=1)

    [record] = lms.get_adapter().attempt_records(attempt)
    assert record == AttemptRecord(
        source_label="courses.Attempt",
        source_key=str(attempt.pk),
        learner_id=learner.pk,
        unit=UnitRef(course_key="web", unit_key="quiz:dns/check"),
        started_at=NOON,
        submitted_at=submitted_at,
        score=1.0,
        max_score=2.0,
        is_passed=False,
        answers=(
            AnswerRecord(
                question_key="what",
                is_correct=False,
                points=1.0,
                max_points=2.0,
                chosen=("a", "b"),
                lesson_keys=("lesson:dns/names",),
            ),
        ),
    )


def test_instructors_and_superusers_may_see_a_course_and_others_may_not(course):
    instructor, other = (User.objects.create_user(name) for name in ("ines", "otto"))
    superuser = User.objects.create_superuser("root")
    course.instructors.add(instructor)
    adapter = lms.get_adapter()

    assert [adapter.can_view_course(user, "web") for user in (instructor, superuser, other)] == [
        True,
        True,
        False,
    ]
    assert [adapter.instructed_course_keys(user) for user in (instructor, superuser, other)] == [
        ["web"],
        ["web"],
        [],
    ]
