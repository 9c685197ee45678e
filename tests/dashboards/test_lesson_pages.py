"""What an instructor reads about one lesson or quiz."""

from __future__ import annotations

import re
import uuid
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
from tracking.dashboards.lesson import lesson_pages
from tracking.models import OutlineUnit, PageView, QuestionLink, QuestionStats, UnitStats

LESSON = reverse("tracking:class_lesson", args=[COURSE, "m/mean"])
QUIZ = reverse("tracking:class_lesson", args=[COURSE, "m/check"])


@pytest.fixture
def readers(course: Any) -> list[User]:
    """Six learners: four went through the lesson, one opened it, one did not come."""
    people = [factories.UserFactory.create() for _ in range(6)]
    factories.UnitStatsFactory.create(unit_key="m/mean", learner_count=6, completed_count=3)
    for number, person in enumerate(people):
        factories.EnrolmentFactory.create(learner=person)
        factories.share_engagement(person)
        if number < 5:
            factories.LearnerUnitFactory.create(
                learner=person, unit_key="m/mean", view_count=1, active_ms=60_000 if number < 4 else 1000,
                visible_ms=60_000, scroll_percent=(100, 100, 80, 50, 10)[number], is_engaged=number < 4,
                state=("completed", "completed", "completed", "in_progress", "bounced")[number],
            )  # fmt: skip
            factories.EventFactory.create(
                learner=person, unit_key="m/mean", kind="page.details", happened_at=timezone.now(),
                payload={"sections": [["why", 4000], ["how", 8000 * (number + 1)]]},
            )  # fmt: skip
    return people


def test_each_step_holds_those_of_the_next(
    readers: list[User], ines: User, as_: Callable[[User], Client]
) -> None:
    assert (
        "enrolled 6 100 % opened it 5 83 % active on it for 5 s or more 4 67 % reached "
        "the end 3 50 % completed it 3 50 %"
    ) in words(as_(ines).get(LESSON))


def test_nobody_is_said_not_to_have_reached_a_lesson_of_which_they_share_nothing(
    class_of_six: list[User], ines: User, as_: Callable[[User], Client]
) -> None:
    """Of six five shared and completed it: the tile said 100 %, the steps 83 %, and one had "not reached" it."""
    for person in class_of_six:
        if person.first_name != "Di":
            factories.LearnerUnitFactory.create(learner=person, unit_key="m/mean", state="completed")
    browser = as_(ines)
    said = words(browser.get(LESSON))
    assert "enrolled, without those who do not share their activity 5 100 % opened it 5 100 %" in said
    assert "completed 5 not shared 1 See who they are" in said
    states: Any = browser.get(f"{LESSON}?table=states")
    assert b"not_shared,1\r\n" in b"".join(states.streaming_content)
    quiz = words(browser.get(QUIZ))
    assert "enrolled, without those who do not share their activity 5 100 %" in quiz
    assert "not reached 5 not shared 1 See who they are" in quiz


def test_a_lesson_of_which_no_learner_shares_anything_has_no_figures(
    course: Any, ines: User, as_: Callable[[User], Client]
) -> None:
    factories.EnrolmentFactory.create_batch(6)
    said = words(as_(ines).get(LESSON))
    assert "How far learners get No learner of this class shares their activity." in said
    assert re.search(r"Learners by state [^.]*? not shared 6 See who they are", said)


@pytest.mark.parametrize(
    ("timed_count", "said"),
    [(20, "class median, used as the expected time"), (19, "class median")],
)
def test_where_the_host_says_nothing_the_middle_of_the_class_is_what_is_expected(
    readers: list[User], ines: User, as_: Callable[[User], Client], timed_count: int, said: str
) -> None:
    OutlineUnit.objects.update(expected_seconds=None)
    UnitStats.objects.update(timed_count=timed_count, median_active_ms=300_000)
    assert f"5 min {said} 0 to check in with" in words(as_(ines).get(LESSON))


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
    assert "first 5 5 40 % 0 % second 5 5 80 % 100 % all attempts 5 10 60 % 50 %" in words(
        as_(ines).get(QUIZ)
    )


def ask(key: str, *, lessons: list[str], right: int = 12, learners: int = 20) -> None:
    QuestionStats.objects.create(
        course_key=COURSE, unit_key="m/check", question_key=key, learner_count=learners, first_correct_count=right,
        answer_count=25, correct_count=20, succeeded_count=right, attempts_to_success_count=right, gained_count=0,
        unchanged_count=0, lost_count=0, discrimination_count=20, options={"a": [right, 0], "b": [0, learners - right]},
        lesson_keys=lessons,
    )  # fmt: skip


def test_a_lesson_lists_every_question_that_draws_on_it_and_no_others_hardest_first(
    readers: list[User], ines: User, as_: Callable[[User], Client]
) -> None:
    ask("outlier", lessons=["m/other"])
    ask("everybody's", lessons=["m/mean"], right=20)
    ask("few", lessons=["m/mean"], learners=4, right=0)
    ask("middle", lessons=["m/mean", "m/other"])
    said = words(as_(ines).get(LESSON))
    assert ("few A check 0 %") in said
    assert "outlier" not in said


def test_a_quiz_lists_its_own_questions(
    readers: list[User], ines: User, as_: Callable[[User], Client]
) -> None:
    ask("middle", lessons=["m/mean"])
    assert "middle 60 % 80 % 20 b 100 %" in words(as_(ines).get(QUIZ))


def test_more_questions_than_a_page_holds_are_on_the_next(
    readers: list[User], ines: User, as_: Callable[[User], Client]
) -> None:
    for number in range(lesson_pages.QUESTIONS_PER_PAGE + 1):
        ask(f"question {number:03}", lessons=["m/mean"])
    said = words(as_(ines).get(f"{LESSON}?questions=2"))
    assert ("question 050" in said, "question 049" in said) == (True, False)


def test_a_lesson_that_no_question_draws_on_says_so(
    readers: list[User], ines: User, as_: Callable[[User], Client]
) -> None:
    assert "No answered question is linked to this lesson." in words(as_(ines).get(LESSON))


def test_who_missed_a_question_is_set_beside_who_had_passed_its_lesson_over(
    readers: list[User], ines: User, as_: Callable[[User], Client]
) -> None:
    QuestionLink.objects.create(
        course_key=COURSE, quiz_key="m/check", question_key="middle", lesson_key="m/mean", missed_count=8,
        missed_not_covered_count=6, right_count=10, right_not_covered_count=1,
    )  # fmt: skip
    browser = as_(ines)
    assert "middle A check 75 % of 8 10 % of 10 0.9 %" in words(browser.get(LESSON))
    assert "middle The mean 75 % of 8 10 % of 10 0.9 %" in words(browser.get(QUIZ))


def test_a_lesson_says_where_it_gets_in_the_way(
    readers: list[User], ines: User, as_: Callable[[User], Client]
) -> None:
    for person in readers:
        at, visit = timezone.now() - timedelta(hours=1), uuid.uuid4()
        for number, (key, active_ms) in enumerate(
            (("m/check", 60_000), ("m/mean", 2000), ("m/check", 60_000))
        ):
            PageView.objects.create(
                view_id=uuid.uuid4(), learner=person, course_key=COURSE, unit_key=key, visit_id=visit,
                opened_at=at + timedelta(minutes=number), last_at=at + timedelta(minutes=number),
                active_ms=active_ms, visible_ms=active_ms,
            )  # fmt: skip
        factories.EventFactory.create(
            learner=person, unit_key="m/mean", kind="friction.detected", happened_at=at,
            payload={"kind": "rage", "element": "button", "name": "Play"},
        )  # fmt: skip
        factories.EventFactory.create(
            learner=person,
            unit_key="m/mean",
            kind="feature.clicked",
            happened_at=at,
            payload={"name": "Hint"},
        )
    said = words(as_(ines).get(LESSON))
    assert (
        "opened it 6 clicked the same spot repeatedly 6 clicked a button that did "
        "nothing 0 went back to the previous page within 5 seconds 6 scrolled back and "
        "forth more than is usual for this page 0 clicked repeatedly: Play"
    ) in said
    assert "Hint 6 learners, 6 clicks" in said


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ("funnel", "opened,5,0.8333"),
        ("states", "completed,3"),
        ("scroll", "75,0.6"),
        ("questions", "m/check,A check,'=1+1,20,0.6,0.8,25,,b"),
        ("friction", "quick_back,,0,"),
        ("sections", "how,5,1.0,24"),
    ],
)
def test_each_table_of_a_lesson_is_a_file(
    table: str, line: str, readers: list[User], ines: User, as_: Callable[[User], Client]
) -> None:
    ask("=1+1", lessons=["m/mean"])
    for person in readers:
        at = timezone.now() - timedelta(hours=1)
        PageView.objects.create(
            view_id=uuid.uuid4(),
            learner=person,
            course_key=COURSE,
            unit_key="m/mean",
            opened_at=at,
            last_at=at,
        )
    answer: Any = as_(ines).get(f"{LESSON}?table={table}")
    assert answer["Content-Disposition"] == f'attachment; filename="mmean-{table}.csv"'
    assert line in b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()


def test_the_tries_at_a_quiz_are_a_file(
    readers: list[User], ines: User, as_: Callable[[User], Client]
) -> None:
    for person in readers[:5]:
        factories.AttemptFactory.create(learner=person, unit_key="m/check", score=4, is_passed=False)
    answer: Any = as_(ines).get(f"{QUIZ}?table=attempts")
    assert "1,5,5,0.4,0.0" in b"".join(answer.streaming_content).decode().splitlines()


def test_a_class_too_small_for_figures_has_no_files_of_them(
    lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    assert as_(ines).get(f"{LESSON}?table=steps")["Content-Type"].startswith("text/html")


def test_a_class_of_one_who_shares_has_figures(lena: User, ines: User, as_: Callable[[User], Client]) -> None:
    factories.LearnerUnitFactory.create(learner=lena, unit_key="m/mean", view_count=1)
    said = words(as_(ines).get(LESSON))
    assert "opened it" in said


@pytest.mark.parametrize("key", ["m", "nowhere"])
def test_a_module_or_nothing_is_no_lesson(
    key: str, lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    assert as_(ines).get(reverse("tracking:class_lesson", args=[COURSE, key])).status_code == 404


@pytest.mark.parametrize("page", [LESSON, QUIZ])
def test_the_lesson_page_keeps_to_its_queries(
    page: str,
    readers: list[User],
    ines: User,
    as_: Callable[[User], Client],
    django_assert_max_num_queries: Any,
) -> None:
    factories.EnrolmentFactory.create()
    browser = as_(ines)
    with django_assert_max_num_queries(17):
        browser.get(page)
