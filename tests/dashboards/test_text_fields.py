"""What instructors write about a learner: kept as it was typed, or shown again with what is missing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.dashboards.test_learner_pages import words
from tests.factories import COURSE
from tracking.models import Action

ACT = reverse("tracking:class_actions", args=[COURSE])


def hers(lena: User) -> str:
    return reverse("tracking:class_learner", args=[COURSE, lena.pk])


def test_a_line_break_in_a_note_is_one_letter_as_the_browser_counts_it(
    lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    """A browser counts one letter and sends two: a note of many lines was answered with a blank page."""
    text = "a\r\n" * 400 + "b" * 200
    as_(ines).post(ACT, {"action": "note", "learner": lena.pk, "text": text})
    assert Action.objects.get().text == text.replace("\r\n", "\n")


@pytest.mark.parametrize("deed", ["review", "excuse"])
def test_a_review_or_excuse_about_no_lesson_keeps_the_words_and_asks_which(
    deed: str, lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    """Whoever left it at the course lost what they had typed, and read that it was done already."""
    said = (
        as_(ines).post(hers(lena), {"action": deed, "unit": "", "text": "Before\r\nFriday"}).content.decode()
    )
    assert ("Choose a lesson or quiz first." in said, "Before\r\nFriday</textarea>" in said) == (True, True)


def test_a_note_or_message_without_words_says_that_they_are_missing(
    lena: User, ines: User, as_: Callable[[User], Client], subtests: pytest.Subtests
) -> None:
    for deed in ("note", "nudge"):
        with subtests.test(deed):
            assert "This field is required." in words(
                as_(ines).post(hers(lena), {"action": deed, "text": " "})
            )


def test_what_is_refused_is_shown_again_as_it_was_typed(
    lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    answer = as_(ines).post(hers(lena), {"action": "nudge", "unit": "m/mean", "text": "Look at the mean."})
    said = answer.content.decode()
    assert (
        "No message was sent" in said,
        "Look at the mean.</textarea>" in said,
        '<option value="m/mean" selected>' in said,
    ) == (True, True, True)


def test_what_is_written_on_a_learners_page_is_done_and_leads_back_to_it(
    lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    answer = as_(ines).post(f"{hers(lena)}?done=x", {"action": "note", "unit": "m/mean", "text": "Called."})
    action = Action.objects.get()
    assert (answer["Location"], action.kind, action.unit_key, action.text, action.learner_id) == (
        f"{hers(lena)}?done=note&action_id={action.pk}", "noted", "m/mean", "Called.", lena.pk,
    )  # fmt: skip


def test_nobody_writes_about_a_learner_of_a_class_that_is_not_theirs(
    lena: User, as_: Callable[[User], Client]
) -> None:
    ivo = factories.UserFactory.create(username="ivo")
    answer = as_(ivo).post(hers(lena), {"action": "note", "text": "Called."})
    assert (answer.status_code, Action.objects.exists()) == (404, False)
