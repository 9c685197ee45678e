"""The page on which a learner says what may be recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.dashboards import faculty
from tests.dashboards.test_learner_pages import words
from tracking.events import Purpose
from tracking.models import Consent

CONSENT = reverse("tracking:consent")
YES = {"purpose": "engagement", "answer": "yes"}


@pytest.fixture
def nia(db: None) -> User:
    """A learner who has not been asked yet."""
    return factories.UserFactory.create()


def given(learner: User) -> list[tuple[str, bool | None, str]]:
    return list(
        Consent.objects.filter(learner=learner).order_by("pk").values_list("purpose", "is_granted", "source")
    )


def test_the_page_says_what_is_recorded(nia: User, as_: Callable[[User], Client]) -> None:
    said = words(as_(nia).get(CONSENT))
    assert "Your course record recorded" in said
    assert "How you work through the course not recorded: you have not been asked yet" in said


def test_a_yes_and_a_later_no_are_both_kept(nia: User, as_: Callable[[User], Client]) -> None:
    browser = as_(nia)
    browser.post(CONSENT, YES)
    browser.post(CONSENT, {**YES, "answer": "no"})
    assert given(nia) == [
        (Purpose.ENGAGEMENT, True, "consent page"),
        (Purpose.ENGAGEMENT, False, "consent page"),
    ]


def test_the_answer_shows_at_once(nia: User, as_: Callable[[User], Client]) -> None:
    answered = as_(nia).post(CONSENT, YES, follow=True)
    assert "Saved. This applies from now on." in words(answered)
    assert "How you work through the course recorded" in words(answered)


def test_an_answer_given_on_a_page_leads_back_to_it(nia: User, as_: Callable[[User], Client]) -> None:
    answered = as_(nia).post(CONSENT, {**YES, "next": "/courses/a/?page=2"})
    assert answered["Location"] == "/courses/a/?page=2"
    assert given(nia) == [(Purpose.ENGAGEMENT, True, "consent prompt")]


@pytest.mark.parametrize(
    "target", ["https://example.com/", "//example.com", "javascript:alert(1)", "/\\example.com"]
)
def test_nobody_is_led_to_another_site(target: str, nia: User, as_: Callable[[User], Client]) -> None:
    answered = as_(nia).post(CONSENT, {**YES, "next": target})
    assert answered["Location"] == f"{CONSENT}?saved=engagement"


@pytest.mark.parametrize(
    "posted",
    [
        {},
        {"purpose": "engagement"},
        {**YES, "answer": "maybe"},
        {**YES, "answer": "None"},
        {**YES, "purpose": "record"},
        {**YES, "purpose": "x"},
    ],
)
def test_what_is_no_answer_is_refused_and_records_nothing(
    posted: dict[str, str], nia: User, as_: Callable[[User], Client]
) -> None:
    assert as_(nia).post(CONSENT, posted).status_code == 400
    assert given(nia) == []


def test_another_site_cannot_answer_for_a_learner(nia: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(nia)
    assert browser.post(CONSENT, YES).status_code == 403
    assert given(nia) == []


def test_the_page_keeps_to_its_queries(
    nia: User, as_: Callable[[User], Client], django_assert_num_queries: Any
) -> None:
    browser = as_(nia)
    with django_assert_num_queries(4):
        browser.get(CONSENT)


def test_global_privacy_control_is_shown_and_taken_for_a_no_until_a_yes(
    nia: User, as_: Callable[[User], Client]
) -> None:
    browser = as_(nia)
    assert "Global Privacy Control" not in words(browser.get(CONSENT))
    said = words(browser.get(CONSENT, headers={"Sec-GPC": "1"}))
    assert "Your browser asks sites not to track you (Global Privacy Control)." in said
    assert "How you work through the course not recorded" in said


def test_where_a_notice_is_enough_the_page_says_so_and_takes_an_objection(
    nia: User, as_: Callable[[User], Client], settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.TRACKING = {**settings.TRACKING, "NOTICE_PURPOSES": ("engagement",)}
    browser = as_(nia)
    assert "records this on a legal basis other than your consent. You may object." in words(
        browser.get(CONSENT)
    )
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(CONSENT, {**YES, "answer": "no"})
    assert "How you work through the course not recorded What" in words(browser.get(CONSENT))


def test_whoever_may_not_agree_alone_has_no_buttons_and_cannot_post_one(
    nia: User, as_: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faculty.Adapter, "may_consent", lambda self, user, purpose: False, raising=False)
    browser = as_(nia)
    page = browser.get(CONSENT)
    assert "A parent or guardian has to agree first." in words(page)
    assert b'name="answer"' not in page.content
    assert browser.post(CONSENT, YES).status_code == 403
    assert given(nia) == []


def test_every_answer_stays_on_the_page_with_its_source(nia: User, as_: Callable[[User], Client]) -> None:
    browser = as_(nia)
    for answer in ("yes", "later", "no"):
        browser.post(CONSENT, {**YES, "answer": answer})
    said = words(browser.get(CONSENT))
    places = [
        said.index(f"clicks {answer} consent page 1") for answer in ("no", "not now, or notice read", "yes")
    ]
    assert places == sorted(places)
