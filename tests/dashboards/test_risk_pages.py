"""What an instructor reads about who is at risk of not finishing, and how the threshold is moved."""

from __future__ import annotations

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
from tracking.models import AccessLogEntry, LearnerRisk, RiskThreshold
from tracking.risk import assessment

RISK = reverse("tracking:class_risk", args=[COURSE])


def assess(learner: User, score: float, *parts: list[Any]) -> None:
    LearnerRisk.objects.create(
        learner=learner,
        course_key=COURSE,
        day=20,
        score=score,
        components=list(parts),
        assessed_at=timezone.now(),
    )


@pytest.fixture
def silent(course: Any) -> User:
    """A learner who shares nothing, of whom points alone are known."""
    silent = factories.UserFactory.create(first_name="Sam", last_name="Sand")
    factories.EnrolmentFactory.create(learner=silent)
    assess(silent, 0.45, ["points_lost", 0.45, 0.45])
    return silent


@pytest.fixture
def assessed(lena: User, silent: User) -> None:
    """Lena above the threshold of the site, Sam below it."""
    assess(lena, 0.81, ["points_lost", 0.6, 0.86], ["days_away", 0.11, 9], ["rarely_there", 0.1, 0.67])


def test_whoever_is_at_risk_is_named_with_the_score_and_each_part_in_words(
    assessed: None, ines: User, as_: Callable[[User], Client]
) -> None:
    page = words(as_(ines).get(RISK))
    assert (
        "Lena Lind 0.81 0.6 · 86 % of the points due so far were not earned 0.11 · days "
        "since last active: 9 0.1 · 67 % of the class were active on more days in the "
        "last 28"
    ) in page.replace("\u202f", " ").replace("\u00a0", " ")
    assert "Sam Sand" not in page
    assert "Learners count as at risk from 0.6 upwards. This course uses the site's threshold." in page


def test_a_threshold_is_tried_out_without_a_change(
    assessed: None, ines: User, as_: Callable[[User], Client]
) -> None:
    page = words(as_(ines).get(f"{RISK}?threshold=0.4"))
    assert "At 0.4 , 2 learners would count as at risk now. Nothing has changed yet." in page
    assert "does not share their activity: based on points alone" in page
    assert "0.4 preview 2 unknown unknown" in page
    assert not RiskThreshold.objects.exists()


@pytest.mark.parametrize("share", ["nonsense", "2", "nan", "0.42"])
def test_what_is_no_threshold_is_neither_tried_out_nor_set(
    share: str, assessed: None, ines: User, as_: Callable[[User], Client]
) -> None:
    browser = as_(ines)
    assert not browser.get(RISK, {"threshold": share}).context["overview"].is_preview
    assert browser.post(RISK, {"threshold": share}).status_code == 400
    assert not RiskThreshold.objects.exists()


def test_a_threshold_is_set_with_who_and_when_and_taken_back(
    assessed: None, ines: User, as_: Callable[[User], Client]
) -> None:
    browser = as_(ines)
    answer = browser.post(RISK, {"threshold": "0.4"})
    assert (answer.status_code, answer["Location"]) == (302, f"{RISK}?saved=yes")
    moved = RiskThreshold.objects.get()
    assert (moved.course_key, moved.threshold, moved.changed_by) == (COURSE, 0.4, ines)
    page = words(browser.get(answer["Location"]))
    assert "Threshold saved." in page
    assert "Changed by Ines Ito" in page
    browser.post(RISK, {"threshold": "site"})
    assert not RiskThreshold.objects.exists()


def test_nobody_else_sets_a_threshold(assessed: None, lena: User, ines: User) -> None:
    stranger, forged = Client(), Client(enforce_csrf_checks=True)
    stranger.force_login(lena)
    forged.force_login(ines)
    assert stranger.post(RISK, {"threshold": "0.4"}).status_code == 404
    assert forged.post(RISK, {"threshold": "0.4"}).status_code == 403
    assert not RiskThreshold.objects.exists()


def test_a_threshold_that_is_no_step_stands_among_them(
    assessed: None, ines: User, as_: Callable[[User], Client]
) -> None:
    assessment.set_risk_threshold(COURSE, 0.42, by=ines, now=timezone.now())
    page = as_(ines).get(RISK)
    assert "0.42 current 2" in words(page)
    assert not page.context["overview"].is_preview


def test_whoever_ceases_to_share_is_left_out_until_points_alone_count(
    silent: User, ines: User, as_: Callable[[User], Client]
) -> None:
    LearnerRisk.objects.update(score=0.9, components=[["points_lost", 0.7, 0.7], ["days_away", 0.2, 30]])
    assert "Sam Sand" not in words(as_(ines).get(RISK))


def test_the_learners_can_read_who_looked(assessed: None, ines: User, as_: Callable[[User], Client]) -> None:
    as_(ines).get(RISK)
    assert AccessLogEntry.objects.values_list("viewer", "course_key", "resource").get() == (
        ines.pk,
        COURSE,
        "class",
    )


def test_a_page_about_a_large_class_takes_as_many_queries(
    assessed: None, ines: User, as_: Callable[[User], Client], django_assert_num_queries: Any
) -> None:
    for enrolment in factories.EnrolmentFactory.create_batch(60):
        assess(enrolment.learner, 0.7, ["points_lost", 0.7, 0.7])
    browser = as_(ines)
    with django_assert_num_queries(12):
        page = browser.get(RISK)
    assert "1 to 50 of 61" in words(page)


def test_finished_courses_are_read_once_an_hour(
    assessed: None, ines: User, as_: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def outcomes_on(day: int, **given: Any) -> list[Any]:
        asked.append((day, given["limit"]))
        return []

    monkeypatch.setattr(assessment, "outcomes_on_day", outcomes_on)
    for share in ("0.4", "0.5"):
        as_(ines).get(f"{RISK}?threshold={share}")
    assert asked == [(20, assessment.PAST_COURSES)]


def test_a_course_without_risks_says_why_the_list_is_empty(
    course: Any, ines: User, as_: Callable[[User], Client]
) -> None:
    assert "No one has been assessed yet. Assessment starts 7 days after a learner joins." in words(
        as_(ines).get(RISK)
    )


def test_the_class_page_leads_there(lena: User, ines: User, as_: Callable[[User], Client]) -> None:
    assert f'href="{RISK}"' in as_(ines).get(reverse("tracking:class", args=[COURSE])).content.decode()
