"""Who is listed on the page of a class, and in which order: filters, search, sorting and pages in the address."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.dashboards.test_learner_pages import words
from tests.factories import COURSE
from tracking.findings import actions
from tracking.findings.actions import Actor
from tracking.models import Audience, DismissReason

CLASS = reverse("tracking:class", args=[COURSE])


def names(answer: Any) -> list[str]:
    """Return the learners in the table, in order."""
    table = (
        answer.content.decode().split('class="trk-table trk-learners"')[-1]
        if answer.context["learners"]
        else ""
    )
    return re.findall(r"<bdi>(\w+) Doe</bdi>", table)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Ada", "Bo", "Cy", "Di", "Ed", "Flo"]),
        ("q=d", ["Ada", "Bo", "Cy", "Di", "Ed", "Flo"]),
        ("q=ED", ["Ed"]),
        ("group=E", ["Bo", "Di", "Flo"]),
        ("status=check_in", ["Bo", "Cy"]),
        ("status=active", ["Ada", "Di", "Ed", "Flo"]),
        ("status=finished", ["Ada"]),
        ("status=never_started", ["Cy"]),
        ("reason=inactive", ["Bo"]),
        ("group=E&status=active", ["Di", "Flo"]),
        ("q=nobody", []),
        ("group=none&reason=none", ["Ada", "Bo", "Cy", "Di", "Ed", "Flo"]),
        ("sort=-time", ["Ada", "Flo", "Bo", "Ed", "Cy", "Di"]),
        ("sort=time", ["Cy", "Ed", "Bo", "Flo", "Ada", "Di"]),
        ("sort=-seen", ["Di", "Ada", "Ed", "Flo", "Bo", "Cy"]),
        ("sort=-progress", ["Ada", "Bo", "Di", "Cy", "Ed", "Flo"]),
        ("sort=nothing&page=999", ["Ada", "Bo", "Cy", "Di", "Ed", "Flo"]),
    ],
)
def test_the_address_says_who_is_listed_and_in_which_order(
    query: str, expected: list[str], class_of_six: list[User], ines: User, as_: Callable[[User], Client]
) -> None:
    found = names(as_(ines).get(f"{CLASS}?{query}"))
    assert sorted(found) == sorted(expected) if query == "sort=-seen" else found == expected


def test_a_click_on_a_heading_keeps_the_filters(
    class_of_six: list[User], ines: User, as_: Callable[[User], Client]
) -> None:
    page = as_(ines).get(f"{CLASS}?group=E&sort=-time&page=1").content.decode()
    assert 'aria-sort="descending"><a class="trk-sort" href="?group=E&amp;sort=time#learners"' in page
    assert 'href="?group=E&amp;sort=-skipped#learners"' in page


def test_fifty_learners_are_listed_at_a_time(course: Any, ines: User, as_: Callable[[User], Client]) -> None:
    factories.EnrolmentFactory.create_batch(51)
    browser = as_(ines)
    assert "1 to 50 of 51 Next" in words(browser.get(CLASS))
    assert "Previous 51 to 51 of 51" in words(browser.get(f"{CLASS}?page=2"))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("period=7", ["Ada", "Di", "Ed", "Flo"]),
        ("period=-7", ["Bo", "Cy"]),
        ("module=m", ["Flo"]),
        ("unit=m/check", ["Flo"]),
        ("unit=m/mean", []),
        ("unit=nowhere", ["Ada", "Bo", "Cy", "Di", "Ed", "Flo"]),
        ("state=skipped&unit=m/mean", ["Bo"]),
        ("state=skipped&unit=m/check", []),
        ("state=skipped", ["Bo"]),
        ("state=skipped&module=m", ["Bo"]),
        ("status=started", ["Ada", "Bo", "Di", "Ed", "Flo"]),
    ],
)
def test_more_filters_are_in_the_address_too(
    query: str, expected: list[str], class_of_six: list[User], ines: User, as_: Callable[[User], Client]
) -> None:
    factories.LearnerUnitFactory.create(learner=class_of_six[1], unit_key="m/mean", state="skipped")
    factories.FindingFactory.create(
        learner=class_of_six[5], unit_key="m/check", reason="not_passed", evidence={}
    )
    assert names(as_(ines).get(f"{CLASS}?{query}")) == expected


def test_the_tile_of_a_lesson_counts_whom_its_link_lists(
    class_of_six: list[User], ines: User, as_: Callable[[User], Client]
) -> None:
    """It counted whom nobody needs to check in with, and led to everybody with any reason at all."""
    _, bo, cy, di, ed, _ = class_of_six
    about = {"unit_key": "m/mean", "evidence": {}}
    factories.FindingFactory.create(learner=bo, reason="skipped", **about)
    dismissed = factories.FindingFactory.create(learner=cy, reason="skipped", **about)
    factories.FindingFactory.create(learner=di, reason="review_assigned", **about)
    factories.FindingFactory.create(learner=ed, unit_key="m/check", reason="not_passed", evidence={})
    factories.FindingFactory.create(learner=factories.UserFactory.create(), reason="skipped", **about)
    by = Actor(user_id=ines.pk, audience=Audience.INSTRUCTOR)
    actions.dismiss(dismissed, by, reason=DismissReason.OTHER, now=timezone.now())
    browser = as_(ines)
    lesson = browser.get(reverse("tracking:class_lesson", args=[COURSE, "m/mean"]))
    assert "1 to check in with about it" in words(lesson)
    link = re.search(r'<a class="trk-tile" href="([^"#]+)#learners"', lesson.content.decode())
    assert link
    assert names(browser.get(link[1])) == ["Bo"]
