"""Every route of the API for every role: generated from the addresses, so that a new one cannot be forgotten.

Below a course, ``OWN`` is for its learners and ``SHARED`` for them and whoever may see its class; all else there is for
the latter alone. What lies outside a course is in ``OUTSIDE``. To all others a course does not exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver

from tests import factories
from tests.factories import COURSE
from tests.undoing import undone
from tracking.urls import app_name

BASE = "/learning/api/v1/"
BELOW = "courses/<key:course_key>/"
OWN = {
    "progress/", "my-hours/", "my-skills/", "my-timeline/", "my-comparison/", "messages/", "messages/<int:nudge_id>/",
}  # fmt: skip
SHARED = {
    "",
    "attempts/",
    "attempts/<int:attempt_id>/",
    "findings/",
    "findings/<int:finding_id>/actions/",
}
NOT_THERE_YET = {
    f"{BELOW}messages/<int:nudge_id>/",
    "me/download/",
    "me/download/<uuid:download_id>/",
}
"""Routes about a row of one's own that does not exist here."""
ALIKE = {"tracker/"}
"""Answers that anybody who is logged in has, about a course that exists for them or not: off."""
SEES_THE_CLASS = {"instructor", "operator", "somebody the host lets in"}
LEARNERS = {"learner"}
ROLES = ("anonymous", "learner", "other learner", "instructor of another course", *sorted(SEES_THE_CLASS))
LOGGED_IN = set(ROLES) - {"anonymous"}
OUTSIDE = {
    "schema/": LOGGED_IN,
    "docs/": LOGGED_IN,
    "processing/": LOGGED_IN,
    "consent/": LOGGED_IN,
    "me/": LOGGED_IN,
    "me/events/": LOGGED_IN,
    "me/access-log/": LOGGED_IN,
    "me/time/": LOGGED_IN,
    "me/download/": LOGGED_IN,
    "me/download/<uuid:download_id>/": LOGGED_IN,
    "me/erasure/": LOGGED_IN,
    "courses/": LOGGED_IN,
    "events/": LOGGED_IN,
    "attempts/": {"operator"},
    "exports/<str:table>/": {"operator"},
}


def routes(patterns: Any = None, before: str = "") -> Iterator[str]:
    for each in patterns or import_module(f"{app_name}.api.urls").urlpatterns:
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns, before + str(each.pattern))
        elif isinstance(each, URLPattern) and each.name != "not_found":
            yield before + str(each.pattern)


def who_may(route: str) -> set[str]:
    if route in OUTSIDE:
        return OUTSIDE[route]
    assert route.startswith(BELOW), f"Say in OUTSIDE for whom {route!r} is."
    inner = route.removeprefix(BELOW)
    if inner in ALIKE:
        return LOGGED_IN
    return LEARNERS if inner in OWN else SEES_THE_CLASS | LEARNERS if inner in SHARED else SEES_THE_CLASS


@pytest.fixture
def people(settings: Any, db: None) -> Iterator[dict[str, User]]:
    settings.TRACKING = {"ADAPTER": "tests.dashboards.faculty.Adapter"}
    cache.clear()
    factories.CourseOutlineFactory.create()
    factories.CourseOutlineFactory.create(course_key="another-course")
    factories.OutlineUnitFactory.create(unit_key="m/check", kind="quiz", title="A check")
    lena, zoe = factories.UserFactory.create_batch(2)
    factories.EnrolmentFactory.create(learner=lena)
    factories.share_engagement(lena)
    factories.EnrolmentFactory.create(learner=zoe, course_key="another-course")
    factories.AttemptFactory.create(pk=77, learner=lena, unit_key="m/check", score=4, is_passed=False)
    factories.FindingFactory.create(pk=78, learner=lena, unit_key="m/check", reason="skipped", evidence={})
    yield {
        "learner": lena,
        "other learner": zoe,
        "instructor": factories.UserFactory.create(username="ines"),
        "instructor of another course": factories.UserFactory.create(username="ivo"),
        "operator": factories.UserFactory.create(is_superuser=True, is_staff=True),
        "somebody the host lets in": factories.UserFactory.create(username="mia"),
    }
    cache.clear()


def address(route: str, learner: User) -> str:
    given = {
        "<key:course_key>": COURSE, "<str:learner_id>": str(learner.pk), "<int:attempt_id>": "77",
        "<int:finding_id>": "78", "<int:nudge_id>": "79", "<str:table>": "attempts", "<key:unit_key>": "m~2Fcheck",
        "<uuid:download_id>": str(UUID(int=0)),
    }  # fmt: skip
    for name, value in given.items():
        route = route.replace(name, value)
    return BASE + route


def statuses(browser: Client, path: str) -> set[int]:
    """Ask in every way that the route takes; a body that is none gets no further than who may."""
    answers = [
        browser.get(path),
        browser.post(path, b"{}", content_type="application/json"),
        browser.delete(path),
    ]
    return {answer.status_code for answer in answers if answer.status_code != 405}


@pytest.mark.parametrize("route", sorted(routes()))
def test_a_route_answers_those_who_may_and_does_not_exist_for_anybody_else(
    route: str, people: dict[str, User], subtests: pytest.Subtests
) -> None:
    for role in ROLES:
        with subtests.test(role), undone():
            browser = Client()
            if role in people:
                browser.force_login(people[role])
            found = statuses(browser, address(route, people["learner"]))
            assert found, route
            if role in who_may(route):
                missing = {404} if route in NOT_THERE_YET else set()
                assert found <= {200, 201, 202, 204, 400, 409, 415, 422} | missing, found
            elif role == "anonymous":
                assert found <= ({302} if route == "docs/" else {401, 403}), found
            else:
                assert found <= ({404} if route.startswith(BELOW) else {403, 404}), found


def test_who_may_not_know_of_a_course_is_told_of_it_what_is_told_of_none(people: dict[str, User]) -> None:
    browser = Client()
    browser.force_login(people["other learner"])
    for route in ALIKE:
        told = [browser.get(f"{BASE}courses/{key}/{route}").json() for key in (COURSE, "no-course")]
        assert [{**each, "as_of": ""} for each in told] == [{**told[0], "as_of": ""}] * 2
