"""What is told of a learner, visit by visit and try by try."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.dashboards.test_learner_pages import words
from tests.factories import COURSE
from tracking.events import Purpose
from tracking.models import Answer, Attempt, PageView
from tracking.privacy import consent

MINE = reverse("tracking:my_timeline", args=[COURSE])


@pytest.fixture
def noon() -> datetime:
    return (timezone.now() - timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0)


def opened(learner: User, unit_key: str, at: datetime, seconds: int = 240, **more: Any) -> None:
    PageView.objects.create(
        view_id=uuid4(), learner=learner, course_key=COURSE, unit_key=unit_key, opened_at=at,
        last_at=at + timedelta(seconds=seconds), active_ms=seconds * 1000, visible_ms=seconds * 1000, **more,
    )  # fmt: skip


def tried(learner: User, at: datetime, score: int, *, is_passed: bool) -> Attempt:
    return factories.AttemptFactory.create(
        learner=learner, unit_key="m/check", started_at=at - timedelta(minutes=5), submitted_at=at, score=score,
        is_passed=is_passed,
    )  # fmt: skip


@pytest.fixture
def visit(lena: User, noon: datetime) -> None:
    """Read, failed, went back, passed; and came again in the evening."""
    minutes = lambda count: noon + timedelta(minutes=count)  # noqa: E731
    opened(lena, "m/mean", minutes(0))
    tried(lena, minutes(10), 3, is_passed=False)
    opened(lena, "m/mean", minutes(12), 120)
    tried(lena, minutes(20), 8, is_passed=True)
    opened(lena, "m/mean", noon + timedelta(hours=6), 60)


def test_a_visit_reads_like_a_story(visit: None, lena: User, as_: Callable[[User], Client]) -> None:
    said = words(as_(lena).get(MINE))
    evening, noon = said.index("1 min active"), said.index("6 min active")
    assert evening < noon
    for part in (
        "opened The mean, 4 min active",
        "A check : attempt 1, 30 % , not passed yet",
        "returned to The mean, 2 min active",
        "A check : attempt 2, 80 % , passed +50 points",
    ):
        assert part in said


def test_instructor_and_learner_are_told_the_same(
    visit: None, lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    theirs = as_(ines).get(reverse("tracking:class_learner_timeline", args=[COURSE, lena.pk]))
    mine = as_(lena).get(MINE)
    assert theirs.context["report"].visits == mine.context["report"].visits


def test_leaping_over_lessons_is_told_once(lena: User, noon: datetime, as_: Callable[[User], Client]) -> None:
    for position, name in enumerate(("Median", "Range", "Spread"), start=3):
        factories.OutlineUnitFactory.create(unit_key=name, parent_key="m", title=name, position=position)
    opened(lena, "m/mean", noon)
    opened(lena, "Spread", noon + timedelta(minutes=5))
    opened(lena, "m/mean", noon + timedelta(minutes=10))
    opened(lena, "Spread", noon + timedelta(minutes=15))
    said = words(as_(lena).get(MINE))
    assert said.count("jumped over 3 lessons: A check, Median, Range") == 1


def test_a_visit_ends_after_half_an_hour_of_nothing(
    lena: User, noon: datetime, as_: Callable[[User], Client]
) -> None:
    opened(lena, "m/mean", noon, 60)
    opened(lena, "m/mean", noon + timedelta(minutes=31), 60)
    opened(lena, "m/mean", noon + timedelta(minutes=63), 60)
    assert len(as_(lena).get(MINE).context["report"].visits) == 2


@pytest.mark.parametrize(
    ("query", "count"), [("", 1), ("?period=7", 1), ("?period=90", 2), ("?period=all", 3), ("?period=x", 1)]
)
def test_the_address_says_how_far_back(
    query: str, count: int, lena: User, as_: Callable[[User], Client]
) -> None:
    for days in (1, 60, 150):
        opened(lena, "m/mean", timezone.now() - timedelta(days=days))
    assert len(as_(lena).get(f"{MINE}{query}").context["report"].visits) == count


def test_an_empty_period_says_so_and_what_to_do(lena: User, as_: Callable[[User], Client]) -> None:
    assert "No activity in this period." in words(as_(lena).get(MINE))


def test_without_sharing_only_quizzes_are_told(
    course: Any, noon: datetime, as_: Callable[[User], Client]
) -> None:
    learner = factories.EnrolmentFactory.create().learner
    tried(learner, noon, 3, is_passed=False)
    said = words(as_(learner).get(MINE))
    assert "only quizzes are shown" in said
    assert "attempt 1, 30 %" in said


def test_after_a_withdrawal_no_visit_to_a_page_is_told_to_anybody(
    visit: None, lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    """The page said "only quizzes are told here", and went on with "opened The mean, 4 min at work"."""
    consent.refuse(lena.pk, [Purpose.ENGAGEMENT], source="test")
    for browser, page in (
        (as_(lena), MINE),
        (as_(ines), reverse("tracking:class_learner_timeline", args=[COURSE, lena.pk])),
    ):
        answer = browser.get(page)
        assert "only quizzes are shown" in words(answer)
        assert [step.unit_key for told in answer.context["report"].visits for step in told.steps] == [
            "m/check",
            "m/check",
        ]


def test_after_a_withdrawal_a_try_does_not_say_what_was_read_before_it(
    visit: None, lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    """Instructors read "In between: The mean (2 min)" of somebody who had taken their yes back."""
    consent.refuse(lena.pk, [Purpose.ENGAGEMENT], source="test")
    second = Attempt.objects.latest("submitted_at")
    said = words(as_(ines).get(reverse("tracking:class_learner_attempt", args=[COURSE, lena.pk, second.pk])))
    assert "only quizzes are shown" in said
    assert "attempt 2 · " in said.partition("All attempts")[2]
    assert "between" not in said


def test_the_story_is_a_table_too(visit: None, lena: User, as_: Callable[[User], Client]) -> None:
    answer: Any = as_(lena).get(f"{MINE}?table=visits")
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert [(row["step"], row["visit"]) for row in rows] == [
        ("opened", "1"), ("tried", "1"), ("opened", "1"), ("tried", "1"), ("opened", "2"),
    ]  # fmt: skip


def test_a_try_says_what_was_read_since_the_one_before_and_what_changed(
    visit: None, lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    first, second = Attempt.objects.order_by("submitted_at")
    for attempt, is_correct in ((first, False), (second, True)):
        Answer.objects.create(
            attempt=attempt, question_key="q1", is_correct=is_correct, points=is_correct, max_points=1,
            lesson_keys=["m/mean"],
        )  # fmt: skip
    factories.LearnerUnitFactory.create(learner=lena, unit_key="m/mean", state="skimmed")
    page = as_(ines).get(reverse("tracking:class_learner_attempt", args=[COURSE, lena.pk, second.pk]))
    said = words(page)
    assert "attempt 2 of 2 80 % , passed" in said
    assert "In between: The mean ( 2 min )" in said
    assert "q1 correct 1 of 1 incorrect The mean skimmed" in said


def test_a_quiz_whose_answers_are_not_known_says_so(
    visit: None, lena: User, as_: Callable[[User], Client]
) -> None:
    page = as_(lena).get(reverse("tracking:my_attempt", args=[COURSE, Attempt.objects.all()[0].pk]))
    assert "The platform provides no individual answers for this quiz." in words(page)


def test_the_try_of_somebody_else_or_one_not_handed_in_is_not_found(
    lena: User, noon: datetime, as_: Callable[[User], Client]
) -> None:
    other = factories.EnrolmentFactory.create().learner
    theirs = tried(other, noon, 3, is_passed=False)
    unfinished = factories.AttemptFactory.create(learner=lena, unit_key="m/check", submitted_at=None)
    for attempt in (theirs, unfinished):
        page = reverse("tracking:my_attempt", args=[COURSE, attempt.pk])
        assert as_(lena).get(page).status_code == 404


def test_the_story_keeps_to_its_queries(
    visit: None, lena: User, as_: Callable[[User], Client], django_assert_max_num_queries: Any
) -> None:
    browser = as_(lena)
    browser.get(MINE)
    with django_assert_max_num_queries(10):
        browser.get(MINE)
