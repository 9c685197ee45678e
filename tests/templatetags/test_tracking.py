"""The tags that a host puts into its own templates."""

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from django.template import Context, Template
from django.test import Client
from django.utils import timezone

from courses.models import Enrolment
from tests import web_course
from tracking import jobs

LINKS = """{% load tracking %}{% tracking_links as links %}{% for link in links %}\
{{ link.address }} {{ link.is_current }};{% endfor %}"""


def rendered(user: User | AnonymousUser, path: str = "/") -> str:
    request = HttpRequest()
    request.path, request.user = path, user
    return Template(LINKS).render(Context({"request": request}))


STEP = """{% load tracking %}{% tracking_next_step "web" as step %}\
{% if step %}{{ step.unit.title }}: {{ step.reason.label }}{% else %}none{% endif %}"""


def next_step_of(user: User | AnonymousUser) -> str:
    request = HttpRequest()
    request.user = user
    return Template(STEP).render(Context({"request": request}))


@pytest.fixture
def person(db: None) -> User:
    return User.objects.create(username="lena")


def test_a_learner_is_led_to_the_own_progress(person: User) -> None:
    assert rendered(person, "/learning/me/web/") == "/learning/me/ True;"


def test_an_instructor_is_led_to_the_classes_as_well(person: User) -> None:
    web_course.make().instructors.add(person)
    assert rendered(person) == "/learning/me/ False;/learning/classes/ False;"


def test_a_stranger_is_led_nowhere() -> None:
    assert rendered(AnonymousUser()) == ""


def test_a_template_without_the_request_has_no_links() -> None:
    assert Template(LINKS).render(Context({})) == ""


def test_the_next_step_of_a_learner_is_that_of_the_progress_page(person: User, client: Client) -> None:
    Enrolment.objects.create(course=web_course.make(), learner=person)
    jobs.refresh_outlines(now=timezone.now())
    client.force_login(person)
    page = client.get("/learning/me/web/")
    step = page.context["progress"].next_step
    assert next_step_of(person) == f"{step.unit.title}: {step.reason.label}"


def test_a_stranger_and_who_learns_elsewhere_have_no_next_step(person: User) -> None:
    assert (next_step_of(AnonymousUser()), next_step_of(person)) == ("none", "none")
