"""That a finding was before somebody's eyes is noted when it was, and of those alone who had it there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from tests import factories
from tests.dashboards import faculty
from tests.factories import COURSE
from tracking.models import Action, Finding
from tracking.rollups import freshness

MINE = reverse("tracking:my_findings_seen", args=[COURSE])
OF_CLASS = reverse("tracking:class_findings_seen", args=[COURSE])
PROGRESS = reverse("tracking:my_progress", args=[COURSE])


@pytest.fixture
def finding(lena: User) -> Finding:
    return factories.FindingFactory.create(learner=lena, unit_key="m/mean", reason="skipped", evidence={})


def seen() -> list[tuple[str, str]]:
    return sorted(Action.objects.filter(kind="seen").values_list("audience", "actor__username"))


def test_each_side_sees_a_finding_once(
    finding: Finding, lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    for browser, address in ((as_(lena), MINE), (as_(ines), OF_CLASS)):
        for _ in range(2):
            assert browser.post(address, {"finding": [finding.pk]}).status_code == 204
    assert seen() == [("instructor", "ines"), ("learner", "lena")]


def test_nobody_sees_findings_of_another_learner_or_course(
    finding: Finding, lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    other = factories.FindingFactory.create(
        learner=lena, course_key="another-course", reason="skipped", evidence={}
    )
    classmate: User = factories.UserFactory.create()
    factories.EnrolmentFactory.create(learner=classmate)
    as_(classmate).post(MINE, {"finding": [finding.pk]})
    as_(ines).post(OF_CLASS, {"finding": [other.pk]})
    assert seen() == []


def test_whoever_acts_as_a_learner_has_not_seen_it_for_them(
    finding: Finding, lena: User, as_: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faculty.Adapter, "ignore", lambda self, request: True)
    assert as_(lena).post(MINE, {"finding": [finding.pk]}).status_code == 204
    assert seen() == []


@pytest.mark.parametrize("ids", [[], ["x"], ["²"], ["9" * 19], ["1"] * 201])
def test_what_is_no_list_of_findings_is_refused(
    ids: list[str], lena: User, as_: Callable[[User], Client]
) -> None:
    assert as_(lena).post(MINE, {"finding": ids}).status_code == 400


def test_being_seen_makes_no_page_look_old(
    finding: Finding, lena: User, as_: Callable[[User], Client]
) -> None:
    before = freshness.data_version(COURSE)
    as_(lena).post(MINE, {"finding": [finding.pk]})
    assert (seen(), freshness.data_version(COURSE)) == ([("learner", "lena")], before)


def test_making_a_page_notes_nothing(
    finding: Finding, lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    as_(lena).get(PROGRESS)
    as_(ines).get(reverse("tracking:class", args=[COURSE]))
    assert seen() == []


@pytest.mark.django_db(transaction=True)
def test_a_finding_in_view_is_noted_and_one_below_the_fold_when_it_is_scrolled_to(
    finding: Finding,
    lena: User,
    new_context: Callable[..., BrowserContext],
    log_in: Callable[[Page, User], None],
) -> None:
    page = new_context(viewport={"width": 900, "height": 900}).new_page()
    log_in(page, lena)
    page.add_init_script(
        "addEventListener('DOMContentLoaded', () => document.body.style.paddingTop = '2000px')"
    )
    page.clock.install()
    page.goto(PROGRESS)
    page.clock.run_for(2000)
    assert seen() == []
    with page.expect_response(lambda answer: answer.url.endswith(MINE)) as told:
        page.locator("[data-trk-findings]").first.scroll_into_view_if_needed()
    assert told.value.status == 204
    assert seen() == [("learner", "lena")]


@pytest.mark.django_db(transaction=True)
def test_a_page_can_be_printed_where_scripts_run(
    finding: Finding,
    lena: User,
    new_context: Callable[..., BrowserContext],
    log_in: Callable[[Page, User], None],
) -> None:
    page: Any = new_context().new_page()
    log_in(page, lena)
    page.add_init_script("window.print = () => { document.title = 'printed' }")
    page.goto(PROGRESS)
    page.get_by_role("button", name="Print").click()
    expect(page).to_have_title("printed")
    without = new_context(java_script_enabled=False).new_page()
    log_in(without, lena)
    without.goto(PROGRESS)
    expect(without.locator("[data-trk-print]")).to_be_hidden()
