from datetime import date

import pytest
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import translation

from courses.models import Course, Enrolment

HOME = reverse("courses:home")


def messages(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.fixture
def other_course(course: Course) -> Course:
    return Course.objects.create(
        slug="other", title="Other", starts_on=date(2026, 3, 2), ends_on=date(2026, 3, 3)
    )


def test_an_empty_site_says_so(client, db):
    assert "There are no courses yet." in client.get(HOME).text


def test_a_visitor_sees_every_course(client, other_course):
    response = client.get(HOME)
    assert response.context["mine"] == []
    assert list(response.context["others"]) == [other_course, Course.objects.get(slug="tiny")]


def test_a_learner_sees_their_own_courses_first(learner_client, course, other_course):
    response = learner_client.get(HOME)
    assert [found for found, _ in response.context["mine"]] == [course]
    assert list(response.context["others"]) == [other_course]


def test_a_visitor_sees_the_outline_and_can_open_nothing_of_it(client, course):
    html = client.get(course.get_absolute_url()).text
    assert "Reading" in html
    assert "/lesson/" not in html


def test_a_learner_sees_how_far_they_are(learner_client, course):
    html = learner_client.get(course.get_absolute_url()).text
    assert "0 of 5 lessons and quizzes done" in html
    assert reverse("courses:enrol", kwargs={"course": "tiny"}) not in html


def test_a_course_page_asks_no_more_of_a_longer_course(learner_client, course, django_assert_num_queries):
    learner_client.get(course.get_absolute_url())
    with django_assert_num_queries(11):
        learner_client.get(course.get_absolute_url())


def test_an_unknown_course_is_not_found(client, db):
    assert client.get("/courses/nowhere/").status_code == 404


def test_enrolling_needs_a_log_in(client, course):
    response = client.post(reverse("courses:enrol", kwargs={"course": "tiny"}))
    assert response.url.startswith(reverse("courses:log_in"))


def test_enrolling_twice_is_one_enrolment(client, course):
    client.force_login(User.objects.create_user("new"))
    for _ in range(2):
        response = client.post(reverse("courses:enrol", kwargs={"course": "tiny"}))
        assert response.url == course.get_absolute_url()
    enrolment = Enrolment.objects.get()
    assert (enrolment.learner.username, enrolment.group) == ("new", None)


def test_a_learner_enrols_in_a_class_of_the_course(client, course, other_course):
    client.force_login(User.objects.create_user("new"))
    spring = course.groups.create(name="Spring", starts_on=course.starts_on)
    elsewhere = other_course.groups.create(name="Elsewhere", starts_on=course.starts_on)
    assert "Spring" in client.get(course.get_absolute_url()).text
    url = reverse("courses:enrol", kwargs={"course": "tiny"})
    for wrong in ({}, {"group": elsewhere.pk}):
        assert messages(client.post(url, wrong))[-1] == "Choose one of the classes of this course."
    client.post(url, {"group": spring.pk})
    assert Enrolment.objects.get().group == spring


@pytest.mark.parametrize(
    ("language", "direction", "expected"),
    [("ar", "rtl", "المقررات"), ("de", "ltr", "Anmelden"), ("es", "ltr", "Iniciar sesión")],
)
def test_the_platform_speaks_the_language_of_its_reader(client, db, language, direction, expected):
    with translation.override("en"):  # A request leaves its language to whoever comes next in the thread.
        html = client.get(HOME, headers={"Accept-Language": language}).text
    assert f'<html lang="{language}" dir="{direction}">' in html
    assert expected in html
