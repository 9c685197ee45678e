"""Every page, action and download for every role: generated from the addresses, so that a new one cannot be forgotten.

The address says who may: what lies below a class is for those who may see that class, what lies below a course of mine
is for its learners, the rest is for whoever is logged in. To all others it does not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from tests import factories
from tests.factories import COURSE
from tests.undoing import undone
from tracking.urls import app_name

OPEN_TO_ALL = {"verify_time_statement", "start"}
NOBODYS = {"download_file", "respond_to_finding"}
"""Routes about a row that does not exist here; tests of their own ask whose rows they open."""
KEYS = {
    "course_key": COURSE,
    "unit_key": "m/check",
    "module_key": "m",
    "name": "page_views",
    "finding_id": 0,
    "download_id": UUID(int=0),
}
SEES_THE_CLASS = {"instructor", "operator", "somebody the host lets in"}
ROLES = ("anonymous", "learner", "other learner", "instructor of another course", *sorted(SEES_THE_CLASS))


def routes() -> list[URLPattern]:
    return [each for each in import_module("tracking.dashboards.urls").urlpatterns if each.name]


@pytest.fixture
def people(lena: User, ines: User) -> dict[str, User]:
    factories.AttemptFactory.create(pk=77, learner=lena, unit_key="m/check", score=4, is_passed=False)
    return {
        "learner": lena,
        "other learner": factories.UserFactory.create(),
        "instructor": ines,
        "instructor of another course": factories.UserFactory.create(username="ivo"),
        "operator": factories.UserFactory.create(is_superuser=True),
        "somebody the host lets in": factories.UserFactory.create(username="mia"),
    }


def may(role: str, route: str, name: str) -> bool:
    if name in OPEN_TO_ALL:
        return True
    if role == "anonymous" or name in NOBODYS:
        return False
    if "<key:course_key>" not in route:
        return True
    return role in SEES_THE_CLASS if route.startswith("classes/") else role == "learner"


def address(route: URLPattern, learner: User) -> str:
    given = {**KEYS, "learner_id": learner.pk, "attempt_id": 77}
    names = route.pattern.converters
    return reverse(f"tracking:{route.name}", kwargs={name: given[name] for name in names})


def ask(browser: Client, path: str) -> Any:
    answer = browser.get(path)
    return browser.post(path) if answer.status_code == 405 else answer


@pytest.mark.parametrize("name", [str(route.name) for route in routes()])
def test_a_route_exists_for_those_who_may_and_for_nobody_else(
    name: str, people: dict[str, User], as_: Callable[[User], Client], subtests: pytest.Subtests
) -> None:
    route = next(each for each in routes() if each.name == name)
    path = address(route, people["learner"])
    for role in ROLES:
        with subtests.test(role), undone():
            answer = ask(as_(people[role]) if role in people else Client(), path)
            log_in = answer.status_code == 302 and answer["Location"].startswith("/log-in/")
            if may(role, str(route.pattern), name):
                assert answer.status_code in {200, 302, 400, 405}
                assert not log_in
            elif role == "anonymous":
                assert log_in
            else:
                assert answer.status_code == 404


def test_every_page_is_reached_through_the_addresses_that_a_host_includes(db: None) -> None:
    known = get_resolver().namespace_dict[app_name][1].reverse_dict
    assert {route.name for route in routes()} <= set(known)
