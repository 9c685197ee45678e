"""What an instructor reads about a module, and of where everybody stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.dashboards.faculty import Adapter
from tests.dashboards.test_learner_pages import words
from tests.factories import COURSE
from tracking.events import ConsentRequirement, Purpose
from tracking.privacy import consent

CLASS = reverse("tracking:class", args=[COURSE])
STATES = reverse("tracking:class_progress_grid", args=[COURSE])
MODULE = reverse("tracking:class_module", args=[COURSE, "m"])


@pytest.fixture
def two_modules(course: Any) -> None:
    """A second module, of one lesson."""
    factories.OutlineUnitFactory.create(unit_key="n", kind="module", title="Charts", url="", position=3)
    factories.OutlineUnitFactory.create(unit_key="n/axes", parent_key="n", title="Axes", position=4)


def listed(answer: Any) -> list[str]:
    return [row.name for row in answer.context["rows"]]


def test_a_long_course_shows_a_line_for_each_module_and_unfolds_the_one_asked_for(
    two_modules: None, lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    for number in range(45):
        factories.OutlineUnitFactory.create(unit_key=f"n/{number}", parent_key="n", title=f"Number {number}")
    folded = words(as_(ines).get(CLASS))
    assert "Middles and spreads 2 lessons" in folded
    assert "Charts 46 lessons" in folded
    assert "Number 7" not in folded
    assert "The mean" not in folded
    expanded = words(as_(ines).get(f"{CLASS}?expand=m"))
    assert "The mean" in expanded
    assert "Number 7" not in expanded


def test_folding_and_unfolding_keep_the_filters(
    two_modules: None, lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    for number in range(45):
        factories.OutlineUnitFactory.create(unit_key=f"n/{number}", parent_key="n", title=f"Number {number}")
    page = as_(ines).get(f"{CLASS}?q=lena&expand=m").content.decode()
    assert re.findall(r'class="trk-expand" href="([^"#]*)', page) == [
        f"{CLASS}?q=lena",
        "?q=lena&amp;expand=n",
    ]


def test_the_learners_to_check_in_with_about_a_module_are_found_by_the_module_alone(
    lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    page = as_(ines).get(f"{MODULE}?state=skipped&page=2").content.decode()
    assert f'href="{CLASS}?module=m#learners"' in page


def test_a_short_course_is_not_folded(
    two_modules: None, lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    assert "Axes" in words(as_(ines).get(CLASS))


def test_a_module_without_lessons_is_not_found(lena: User, ines: User, as_: Callable[[User], Client]) -> None:
    assert as_(ines).get(reverse("tracking:class_module", args=[COURSE, "m/mean"])).status_code == 404


def test_lessons_without_a_module_have_a_page(lena: User, ines: User, as_: Callable[[User], Client]) -> None:
    factories.OutlineUnitFactory.create(unit_key="extra", title="By the way")
    page = as_(ines).get(reverse("tracking:class_module", args=[COURSE, ""]))
    assert "No module" in words(page)
    assert "By the way" in words(page)


def test_beside_modules_a_cell_counts_what_is_done(
    two_modules: None, lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    factories.LearnerUnitFactory.create(learner=lena, unit_key="m/mean", state="completed")
    assert "Lena Lind in progress 1/2 not reached 0/1" in words(as_(ines).get(STATES))


def test_beside_the_lessons_of_a_module_a_cell_is_a_state(
    two_modules: None, lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    factories.LearnerUnitFactory.create(learner=lena, unit_key="m/mean", state="skimmed")
    page = as_(ines).get(MODULE)
    assert "Lena Lind skimmed not reached" in words(page)
    assert 'href="#trk-skimmed"' in page.content.decode()


def test_whoever_does_not_share_is_not_said_to_have_skipped(
    course: Any, ines: User, as_: Callable[[User], Client]
) -> None:
    learner = factories.UserFactory.create(last_name="Doe")
    factories.EnrolmentFactory.create(learner=learner)
    factories.LearnerUnitFactory.create(learner=learner, unit_key="m/mean", state="skipped")
    factories.LearnerUnitFactory.create(learner=learner, unit_key="m/check", state="failed")
    assert "Lena Doe not shared not passed yet" in words(as_(ines).get(MODULE))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Ada Doe", "Bo Doe"]),
        ("q=bo", ["Bo Doe"]),
        ("group=e", ["Bo Doe"]),
        ("state=skipped", ["Ada Doe"]),
        ("state=failed", []),
        ("state=nonsense&group=none", ["Ada Doe", "Bo Doe"]),
    ],
)
def test_the_address_narrows_the_matrix_down(
    query: str, expected: list[str], course: Any, ines: User, as_: Callable[[User], Client]
) -> None:
    for name, group in (("Ada", "m"), ("Bo", "e")):
        person = factories.UserFactory.create(first_name=name, last_name="Doe")
        factories.EnrolmentFactory.create(learner=person, group_key=group, group_title=group)
        factories.share_engagement(person)
        if name == "Ada":
            factories.LearnerUnitFactory.create(learner=person, unit_key="m/mean", state="skipped")
    assert listed(as_(ines).get(f"{MODULE}?{query}")) == expected


@pytest.mark.parametrize(
    ("state", "expected"), [("skimmed", []), ("failed", ["Lena Lind"]), ("completed", ["Lena Lind"])]
)
def test_no_filter_finds_by_what_a_cell_does_not_say(
    state: str, expected: list[str], lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    """Beside a cell that said "not shared", ``?state=skimmed`` listed whom it was about."""
    factories.OutlineUnitFactory.create(unit_key="m/done", parent_key="m")
    for unit_key, stands in (("m/mean", "skimmed"), ("m/check", "failed"), ("m/done", "completed")):
        factories.LearnerUnitFactory.create(learner=lena, unit_key=unit_key, state=stands)
    consent.refuse(lena.pk, [Purpose.ENGAGEMENT], source="test")
    browser = as_(ines)
    assert listed(browser.get(f"{MODULE}?state={state}")) == expected
    assert [row.name for row in browser.get(f"{CLASS}?state={state}").context["learners"]] == expected


def test_a_course_that_records_no_work_shows_none_of_it(
    lena: User, ines: User, as_: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The matrix asked for the rule of the site alone, which is never as strict."""
    monkeypatch.setattr(
        Adapter, "purpose_rules", lambda _self, _course_key: {Purpose.ENGAGEMENT: ConsentRequirement.OFF}
    )
    factories.LearnerUnitFactory.create(learner=lena, unit_key="m/mean", state="skimmed")
    assert "Lena Lind not shared not reached" in words(as_(ines).get(MODULE))


def test_a_matrix_is_never_larger_than_a_page_of_learners_and_of_lessons(
    course: Any, ines: User, as_: Callable[[User], Client], django_assert_num_queries: Any
) -> None:
    for number in range(60):
        factories.OutlineUnitFactory.create(unit_key=f"m/{number}", parent_key="m")
    factories.EnrolmentFactory.create_batch(60)
    browser = as_(ines)
    with django_assert_num_queries(8):
        page = browser.get(STATES)
    assert len(re.findall("trk-grid-cell", page.content.decode())) == 50 * 40
    assert "lessons 1 to 40 of 62 Later lessons 1 to 50 of 60 Next" in words(page)
    last = browser.get(f"{STATES}?page=2&columns=2")
    assert (len(last.context["rows"]), len(last.context["rows"][0].cells)) == (10, 22)


def test_a_course_of_one_module_goes_straight_to_its_lessons(
    lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    assert "The mean" in words(as_(ines).get(STATES))


def test_a_class_without_learners_or_lessons_says_which(
    db: None, ines: User, as_: Callable[[User], Client]
) -> None:
    factories.CourseOutlineFactory.create()
    assert "No learners are enrolled yet." in words(as_(ines).get(STATES))
    factories.EnrolmentFactory.create()
    assert "The course has no lessons yet." in words(as_(ines).get(STATES))
