"""Classes at the edges of what there is: a page about each opens, is as wide as its window, and says something."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from tests import factories
from tests.dashboards.every_page import PAGES
from tests.factories import COURSE
from tracking.models import CourseOutline, LearnerCourse, LearnerUnit, OutlineUnit

UNBROKEN = "Donaudampfschifffahrtsgesellschaftskapitaensmuetzenabzeichen"
IS_TOO_WIDE = "() => document.documentElement.scrollWidth > window.innerWidth"
OF_A_CLASS = ("class", "class_progress_grid", "class_trends", "class_risk")


@pytest.fixture
def open_all(
    page: Page, log_in: Callable[[Page, User], None], ines: User
) -> Callable[[User | None], dict[str, str]]:
    """Open every page about the course on a telephone, and return what is wrong with each."""

    def open_all(learner: User | None) -> dict[str, str]:
        page.set_viewport_size({"width": 320, "height": 640})
        addresses = [reverse(f"tracking:{name}", args=[COURSE]) for name in OF_A_CLASS]
        if learner:
            addresses.append(reverse("tracking:class_learner", args=[COURSE, learner.pk]))
        wrong = _wrong(page, ines, addresses, log_in)
        if learner:
            own = [reverse("tracking:my_courses"), reverse("tracking:my_progress", args=[COURSE])]
            wrong |= _wrong(page, learner, own, log_in)
        return wrong

    return open_all


def _wrong(
    page: Page, who: User, addresses: list[str], log_in: Callable[[Page, User], None]
) -> dict[str, str]:
    log_in(page, who)
    wrong = {}
    for address in addresses:
        answer = page.goto(address)
        if answer is None or answer.status != 200:
            wrong[address] = f"answered {answer.status if answer else 'nothing'}"
        elif page.evaluate(IS_TOO_WIDE):
            wrong[address] = "is wider than the window"
        elif any(bad in page.inner_text("main") for bad in ("None", "nan", "NaN")):
            wrong[address] = "shows a value that is none"
    return wrong


@pytest.mark.django_db(transaction=True)
def test_no_name_without_a_break_widens_a_page(
    page: Page, log_in: Callable[[Page, User], None], everything: Any, course: CourseOutline
) -> None:
    User.objects.update(first_name=UNBROKEN, last_name=UNBROKEN)
    OutlineUnit.objects.update(title=UNBROKEN)
    course.title = UNBROKEN
    course.save()
    wide = []
    page.set_viewport_size({"width": 320, "height": 640})
    for name in PAGES:
        person, address = everything[name]
        log_in(page, person)
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
        if page.evaluate(IS_TOO_WIDE):
            wide.append(name)
    assert wide == []


@pytest.mark.django_db(transaction=True)
def test_a_class_of_one(lena: User, open_all: Callable[[User | None], dict[str, str]]) -> None:
    factories.LearnerCourseFactory.create(learner=lena, required_count=2, completed_count=1, active_ms=60_000)
    assert open_all(lena) == {}


@pytest.mark.django_db(transaction=True)
def test_a_class_of_nobody(course: Any, open_all: Callable[[User | None], dict[str, str]]) -> None:
    assert open_all(None) == {}


@pytest.mark.django_db(transaction=True)
def test_a_course_without_quizzes(
    class_of_six: list[User], open_all: Callable[[User | None], dict[str, str]]
) -> None:
    OutlineUnit.objects.filter(kind="quiz").delete()
    assert open_all(class_of_six[0]) == {}


@pytest.mark.django_db(transaction=True)
def test_a_course_without_modules(
    class_of_six: list[User], open_all: Callable[[User | None], dict[str, str]]
) -> None:
    OutlineUnit.objects.filter(kind="module").delete()
    OutlineUnit.objects.update(parent_key="")
    assert open_all(class_of_six[0]) == {}


@pytest.mark.django_db(transaction=True)
def test_a_course_without_anything_in_it(
    lena: User, open_all: Callable[[User | None], dict[str, str]]
) -> None:
    OutlineUnit.objects.all().delete()
    assert open_all(lena) == {}


@pytest.mark.django_db(transaction=True)
def test_a_course_that_has_not_started(
    course: CourseOutline, lena: User, open_all: Callable[[User | None], dict[str, str]]
) -> None:
    course.starts_at = timezone.now() + timedelta(days=9)
    course.save()
    assert open_all(lena) == {}


@pytest.mark.django_db
def test_a_class_of_500_in_200_lessons_is_shown_a_page_at_a_time(
    course: Any, ines: User, as_: Callable[[User], Client]
) -> None:
    people = factories.UserFactory.create_batch(500)
    keys = [f"m/{number}" for number in range(200)]
    OutlineUnit.objects.bulk_create(
        factories.OutlineUnitFactory.build(unit_key=key, parent_key="m") for key in keys
    )
    for person in people:
        factories.EnrolmentFactory.create(learner=person)
    LearnerCourse.objects.bulk_create(
        factories.LearnerCourseFactory.build(learner=each, required_count=200) for each in people
    )
    LearnerUnit.objects.bulk_create(
        factories.LearnerUnitFactory.build(learner=each, unit_key=key)
        for each in people
        for key in keys[::20]
    )
    browser = as_(ines)
    for name in OF_A_CLASS:
        answer = browser.get(reverse(f"tracking:{name}", args=[COURSE]))
        assert answer.status_code == 200
        assert len(answer.content) < 3_000_000, name
