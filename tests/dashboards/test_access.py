"""Who may open which page: every page for every role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.factories import COURSE

LOG_IN = 302
PAGES = {
    "my_courses": {},
    "my_progress": {"course_key": COURSE},
    "classes": {},
    "class": {"course_key": COURSE},
    "class_learner": {"course_key": COURSE, "learner_id": "LENA"},
    "consent": {},
}
ROLES = {
    "anonymous": dict.fromkeys(PAGES, LOG_IN),
    "learner": {
        "my_courses": 200, "my_progress": 200, "classes": 200, "class": 404, "class_learner": 404, "consent": 200,
    },
    "other learner": {
        "my_courses": 200, "my_progress": 404, "classes": 200, "class": 404, "class_learner": 404, "consent": 200,
    },
    "instructor": {
        "my_courses": 200, "my_progress": 404, "classes": 200, "class": 200, "class_learner": 200, "consent": 200,
    },
    "instructor of another course": {
        "my_courses": 200, "my_progress": 404, "classes": 200, "class": 404, "class_learner": 404, "consent": 200,
    },
    "operator": {
        "my_courses": 200, "my_progress": 404, "classes": 200, "class": 200, "class_learner": 200, "consent": 200,
    },
}  # fmt: skip


@pytest.fixture
def people(lena: User, ines: User) -> dict[str, User]:
    return {
        "learner": lena,
        "other learner": factories.UserFactory.create(),
        "instructor": ines,
        "instructor of another course": factories.UserFactory.create(username="ivo"),
        "operator": factories.UserFactory.create(is_superuser=True),
    }


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ROLES)
def test_a_page_exists_for_those_who_may_open_it_and_for_nobody_else(
    role: str, page: str, people: dict[str, User], as_: Callable[[User], Client]
) -> None:
    keys = {name: people["learner"].pk if key == "LENA" else key for name, key in PAGES[page].items()}
    browser = as_(people[role]) if role in people else Client()
    assert browser.get(reverse(f"tracking:{page}", kwargs=keys)).status_code == ROLES[role][page]


def test_the_log_in_brings_back_to_the_page(course: Any) -> None:
    answer = Client().get(reverse("tracking:my_progress", args=[COURSE]))
    assert answer["Location"].endswith(f"?next=/learning/me/{COURSE}/")


@pytest.mark.parametrize("learner_id", ["0", "no-number", "9" * 40])
def test_a_learner_who_does_not_exist_is_not_found(
    learner_id: str, lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    page = reverse("tracking:class_learner", args=[COURSE, learner_id])
    assert as_(ines).get(page).status_code == 404


def test_somebody_who_left_the_course_is_no_learner_of_the_class(
    lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    gone = factories.UserFactory.create()
    factories.LearnerCourseFactory.create(learner=gone, required_count=2)
    assert as_(ines).get(reverse("tracking:class_learner", args=[COURSE, gone.pk])).status_code == 404


def test_no_cache_keeps_a_page_about_a_person(lena: User, as_: Callable[[User], Client]) -> None:
    answer = as_(lena).get(reverse("tracking:my_progress", args=[COURSE]))
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
