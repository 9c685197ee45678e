"""What an instructor reads about one lesson or quiz."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.dashboards.test_learner_pages import words
from tests.factories import COURSE
from tracking.models import Answer, ItemSummary

LESSON = reverse("tracking:class_lesson", args=[COURSE, "m/mean"])
QUIZ = reverse("tracking:class_lesson", args=[COURSE, "m/check"])


@pytest.fixture
def readers(course: Any) -> list[User]:
    """Six learners: four went through the lesson, one opened it, one did not come."""
    people = [factories.UserFactory.create() for _ in range(6)]
    factories.UnitSummaryFactory.create(unit_key="m/mean", learner_count=6, completed_count=3)
    for number, person in enumerate(people):
        factories.EnrolmentFactory.create(learner=person)
        factories.share_engagement(person)
        if number < 5:
            factories.LearnerUnitFactory.create(
                learner=person, unit_key="m/mean", view_count=1, active_ms=60_000 if number < 4 else 1000,
                visible_ms=60_000, scroll_percent=(100, 100, 80, 50, 10)[number],
                state=("completed", "completed", "completed", "in_progress", "bounced")[number],
            )  # fmt: skip
            factories.EventFactory.create(
                learner=person, unit_key="m/mean", kind="view.details", happened_at=timezone.now(),
                payload={"sections": [["why", 4000], ["how", 8000 * (number + 1)]]},
            )  # fmt: skip
    return people


def test_each_step_holds_those_of_the_next(
    readers: list[User], ines: User, as_: Callable[[User], Client]
) -> None:
    assert (
        "enrolled 6 100 % opened it 5 83 % worked on it for 5 s or more 4 67 % reached the end 3 50 %"
        " completed it 3 50 %"
    ) in words(as_(ines).get(LESSON))


def test_whoever_completed_it_counts_as_having_opened_it(
    readers: list[User], ines: User, as_: Callable[[User], Client]
) -> None:
    """Marked as done by the host, with no view on record: the funnel grew from one step to the next."""
    factories.LearnerUnitFactory.create(learner=readers[5], unit_key="m/mean", state="completed")
    assert "opened it 6 100 %" in words(as_(ines).get(LESSON))


def test_the_page_says_how_deep_and_where_its_readers_stay(
    readers: list[User], ines: User, as_: Callable[[User], Client]
) -> None:
    said = words(as_(ines).get(LESSON))
    assert "25 % or more 50 % or more 75 % or more 90 % or more 80 % 80 % 60 % 40 %" in said
    assert "why 4 s 100 % how 24 s 100 %" in said


def test_a_lesson_leads_to_its_module_its_neighbours_and_itself(
    readers: list[User], ines: User, as_: Callable[[User], Client]
) -> None:
    page = as_(ines).get(LESSON).content.decode()
    for target in (reverse("tracking:class_module", args=[COURSE, "m"]), QUIZ, f"/courses/{COURSE}/m/mean/"):
        assert f'href="{target}"' in page


def test_the_first_try_stands_beside_all(
    readers: list[User], ines: User, as_: Callable[[User], Client]
) -> None:
    at = timezone.now()
    for person in readers[:5]:
        factories.AttemptFactory.create(
            learner=person, unit_key="m/check", score=4, is_passed=False, submitted_at=at
        )
        factories.AttemptFactory.create(
            learner=person, unit_key="m/check", score=8, is_passed=True, submitted_at=at + timedelta(hours=1)
        )
    assert "first 5 5 40 % 0 % second 5 5 80 % 100 % all tries 5 10 60 % 50 %" in words(as_(ines).get(QUIZ))


def test_a_lesson_names_the_questions_that_draw_on_it_and_no_others(
    readers: list[User], ines: User, as_: Callable[[User], Client], django_assert_max_num_queries: Any
) -> None:
    factories.LearnerCourseFactory.create(learner=readers[0], completed_count=2)
    attempt = factories.AttemptFactory.create(learner=readers[0], unit_key="m/check")
    for key, lessons in (("outlier", ["m/other"]), ("middle", ["m/mean", "m/other"])):
        Answer.objects.create(attempt=attempt, question_key=key, is_correct=True, lesson_keys=lessons)
        ItemSummary.objects.create(
            course_key=COURSE, unit_key="m/check", question_key=key, learner_count=20, first_correct_count=12,
            answer_count=20, correct_count=12, succeeded_count=12, tries_to_success_count=12, gained_count=0,
            kept_count=0, lost_count=0, rated_count=20, options={"a": [12, 0], "b": [0, 8]},
        )  # fmt: skip
    browser = as_(ines)
    with django_assert_max_num_queries(13):
        said = words(browser.get(LESSON))
    assert "Hardest questions that draw on it" in said
    assert "middle A check 60 % 20 b 100 %" in said
    assert "outlier" not in said


def test_a_lesson_that_no_question_draws_on_has_no_table_of_them(
    readers: list[User], ines: User, as_: Callable[[User], Client]
) -> None:
    assert "Hardest questions" not in words(as_(ines).get(LESSON))


def test_a_class_of_one_has_no_figures_about_a_class(
    lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    factories.LearnerUnitFactory.create(learner=lena, unit_key="m/mean", view_count=1)
    said = words(as_(ines).get(LESSON))
    assert "Figures about a class are shown from 5 learners on." in said
    assert "opened it" not in said


@pytest.mark.parametrize("key", ["m", "nowhere"])
def test_a_module_or_nothing_is_no_lesson(
    key: str, lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    assert as_(ines).get(reverse("tracking:class_lesson", args=[COURSE, key])).status_code == 404


def test_the_lesson_page_keeps_to_its_queries(
    readers: list[User], ines: User, as_: Callable[[User], Client], django_assert_max_num_queries: Any
) -> None:
    browser = as_(ines)
    with django_assert_max_num_queries(13):
        browser.get(QUIZ)
