"""The tags that a host puts into its own templates."""

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from django.template import Context, Template

from tests import web_course

LINKS = """{% load tracking %}{% tracking_links as links %}{% for link in links %}\
{{ link.address }} {{ link.is_current }};{% endfor %}"""


def rendered(user: User | AnonymousUser, path: str = "/") -> str:
    request = HttpRequest()
    request.path, request.user = path, user
    return Template(LINKS).render(Context({"request": request}))


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
