from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser, Permission, User

from courses.models import Course
from tests import web_course
from tests.web_course import NOON
from tracking import lms
from tracking.lms import EnrolmentFields, EnrolmentRecord, Structure, people

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return web_course.make()


@pytest.fixture
def lea():
    return User.objects.create_user("lea")


@pytest.fixture
def ines():
    return User.objects.create_user("ines")


def adapter(**structure):
    return type(
        "Declared", (lms.Adapter,), {"structure": Structure("courses.Course", key="slug", **structure)}
    )()


@pytest.mark.parametrize(
    "learners",
    [
        "learners",
        "enrolments.learner",
        lambda course: course.learners.all(),
        lambda course: [user.pk for user in course.learners.all()],
        lambda course: [EnrolmentRecord(learner_id=user.pk) for user in course.learners.all()],
        EnrolmentFields("courses.Enrolment", course="course", learner="learner"),
    ],
)
def test_learners_are_found_by_path_by_callable_or_by_enrolment(course, lea, learners):
    course.enrolments.create(learner=lea)

    assert list(adapter(learners=learners).enrolments("web")) == [EnrolmentRecord(learner_id=lea.pk)]


def test_a_learner_in_two_groups_is_one_learner_and_a_filter_keeps_others_out(course, lea, ines):
    course.enrolments.create(learner=lea, enrolled_at=NOON)
    course.enrolments.create(learner=ines)
    twice = EnrolmentFields(
        "courses.Attempt",
        course="quiz__module__course",
        learner="learner",
        filter={"learner__username": "lea"},
    )
    web_course.begin_attempt(lea, number=1, submitted_at=NOON, score=1, max_score=1, passed=True)
    web_course.begin_attempt(lea, number=2)
    web_course.begin_attempt(ines)

    assert list(adapter(learners=twice).enrolments("web")) == [EnrolmentRecord(learner_id=lea.pk)]


def test_enrolments_are_read_in_one_query(course, django_assert_num_queries):
    for number in range(5):
        course.enrolments.create(learner=User.objects.create_user(f"l{number}"))
    learners = EnrolmentFields(
        "courses.Enrolment", course="course", learner="learner", group_key="group", group_title="group__name"
    )

    with django_assert_num_queries(2):  # The course, and its enrolments.
        assert len(list(adapter(learners=learners).enrolments("web"))) == 5


def test_a_course_that_says_nothing_or_is_not_there_has_no_learners(course):
    assert list(adapter().enrolments("web")) == []
    assert list(adapter(learners="learners").enrolments("none")) == []


@pytest.mark.parametrize(
    "instructors",
    ["instructors", "is_taught_by", "courses.change_course", lambda user, course: user.username == "ines"],
)
def test_instructors_are_known_by_path_by_method_by_permission_or_by_callable(
    course, lea, ines, instructors, monkeypatch
):
    monkeypatch.setattr(Course, "is_taught_by", lambda self, user: user.username == "ines", raising=False)
    course.instructors.add(ines)
    ines.user_permissions.add(Permission.objects.get(codename="change_course"))
    declared = adapter(instructors=instructors)

    for user, may in ((ines, True), (lea, False)):
        assert declared.can_view_course(user, "web") is may
        assert declared.is_instructor(user, "web") is may
        assert declared.instructed_course_keys(user) == (["web"] if may else [])


def test_nobody_instructs_where_the_host_says_nothing_and_nobody_who_may_not_log_in(course, ines):
    course.instructors.add(ines)

    assert not adapter().is_instructor(ines, "web")
    ines.is_active = False
    assert not adapter(instructors="instructors").can_view_course(ines, "web")
    assert not adapter(instructors="instructors").can_view_course(AnonymousUser(), "web")
    assert not adapter(instructors="instructors").can_view_course(User(is_active=True), "web")


@pytest.mark.parametrize(
    ("user", "name"),
    [
        (User(username="lea", first_name="Lea", last_name="Lind"), "Lea Lind"),
        (User(username="lea"), "lea"),
        (SimpleNamespace(get_full_name="Lea as a property"), "Lea as a property"),
        (
            SimpleNamespace(get_full_name=lambda: None, get_username=lambda: "lea@example.org"),
            "lea@example.org",
        ),
        (AnonymousUser(), "AnonymousUser"),
    ],
)
def test_a_user_is_called_by_the_best_name_that_the_host_keeps(user, name):
    assert people.display_name(user) == name or name == "AnonymousUser"
