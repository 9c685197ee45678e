"""What a learner reads on their own pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.factories import COURSE
from tracking.events import EventSource
from tracking.findings.actions import ActionSubject, Actor
from tracking.models import Audience, Consent, OutlineUnit, PendingChange
from tracking.outreach import messages

ME = reverse("tracking:my_courses")
PROGRESS = reverse("tracking:my_progress", args=[COURSE])


def words(answer: Any) -> str:
    """Return what a page says, without markup and with single spaces."""
    text = unescape(re.sub(r"<[^>]*>", " ", answer.content.decode())).replace("\u202f", " ")
    return re.sub(r"\s+", " ", text)


@pytest.fixture
def started(lena: User) -> User:
    now = timezone.now()
    factories.LearnerCourseFactory.create(
        learner=lena, required_count=2, active_ms=3_780_000, estimated_ms=180_000, skipped_count=1,
        first_at=now, last_at=now, last_unit_key="m/check",
    )  # fmt: skip
    return lena


def test_my_courses_show_how_far_i_am(started: User, as_: Callable[[User], Client]) -> None:
    factories.FindingFactory.create(learner=started, unit_key="m/mean", reason="skipped")
    assert "Reading data 0 of 2 completed 1 area to review just now" in words(as_(started).get(ME))


def test_somebody_in_no_course_reads_so(db: None, as_: Callable[[User], Client]) -> None:
    assert "You are not enrolled in any course yet." in words(as_(factories.UserFactory.create()).get(ME))


def test_the_way_to_the_classes_is_there_for_who_teaches(ines: User, as_: Callable[[User], Client]) -> None:
    assert f'href="{reverse("tracking:classes")}"' in as_(ines).get(ME).content.decode()


def test_measured_and_estimated_time_stand_apart(started: User, as_: Callable[[User], Client]) -> None:
    assert "0 of 2 completed 1 h 03 min in total plus about 3 min estimated" in words(
        as_(started).get(PROGRESS)
    )


def test_the_page_begins_with_where_to_go_on(started: User, as_: Callable[[User], Client]) -> None:
    factories.LearnerUnitFactory.create(
        learner=started, unit_key="m/check", state="failed", attempt_count=1, last_at=timezone.now()
    )
    factories.LearnerUnitFactory.create(learner=started, unit_key="m/mean", state="completed")
    page = as_(started).get(PROGRESS)
    assert "Continue where you left off A check" in words(page)
    assert f'href="/courses/{COURSE}/m/check/"' in page.content.decode()


@pytest.mark.parametrize(
    ("lesson", "said"),
    [
        ("not_reached", "Continue where you left off The mean"),
        ("completed", "Awaiting grading You have submitted everything that was left in this course."),
    ],
)
def test_nobody_is_sent_back_to_what_they_handed_in(
    started: User, as_: Callable[[User], Client], lesson: str, said: str
) -> None:
    """The page went on with a quiz that waited for its grade, where nothing could be done."""
    factories.LearnerUnitFactory.create(learner=started, unit_key="m/mean", state=lesson)
    factories.LearnerUnitFactory.create(
        learner=started, unit_key="m/check", state="submitted", last_at=timezone.now()
    )
    assert said in words(as_(started).get(PROGRESS))


def test_advice_says_why_and_links_to_the_lesson(started: User, as_: Callable[[User], Client]) -> None:
    factories.FindingFactory.create(learner=started, unit_key="m/mean", reason="skipped", evidence={})
    assert (
        "Practise this The mean You skipped this one, and later parts build on it. Read "
        "this lesson : The mean" in words(as_(started).get(PROGRESS))
    )


def test_a_state_is_a_word_and_a_shape(started: User, as_: Callable[[User], Client]) -> None:
    factories.LearnerUnitFactory.create(learner=started, unit_key="m/mean", state="skipped")
    page = as_(started).get(PROGRESS)
    assert "What I skipped or skimmed The mean skipped" in words(page)
    assert '<use href="#trk-skipped"></use>' in page.content.decode()


@pytest.mark.parametrize(
    ("told", "said"),
    [(600, "expected: 10 min"), (None, "typical for this class: 5 min")],
)
def test_what_was_skimmed_stands_beside_the_time_it_should_take_and_where_that_is_from(
    started: User, as_: Callable[[User], Client], told: int | None, said: str
) -> None:
    OutlineUnit.objects.filter(unit_key="m/mean").update(expected_seconds=told)
    factories.UnitStatsFactory.create(unit_key="m/mean", timed_count=20, median_active_ms=300_000)
    factories.LearnerUnitFactory.create(
        learner=started, unit_key="m/mean", state="skimmed", active_ms=40_000, scroll_percent=100
    )
    assert f"The mean 40 s {said} skimmed" in words(as_(started).get(PROGRESS))


@pytest.mark.parametrize(("timed_count", "is_said"), [(20, True), (19, False)])
def test_how_long_the_class_needs_for_what_is_next_is_told_from_twenty_on(
    lena: User, as_: Callable[[User], Client], timed_count: int, is_said: bool
) -> None:
    OutlineUnit.objects.update(expected_seconds=None)
    factories.UnitStatsFactory.create(unit_key="m/mean", timed_count=timed_count, median_active_ms=300_000)
    said = words(as_(lena).get(PROGRESS))
    assert ("Start here The mean typical for this class: 5 min" in said) == is_said


def test_a_second_try_says_what_it_gained(started: User, as_: Callable[[User], Client]) -> None:
    at = timezone.now() - timedelta(days=1)
    factories.AttemptFactory.create(
        learner=started, unit_key="m/check", submitted_at=at, score=3, is_passed=False
    )
    factories.AttemptFactory.create(
        learner=started, unit_key="m/check", submitted_at=timezone.now(), score=7, is_passed=True
    )
    said = words(as_(started).get(PROGRESS))
    assert re.search(r"A check , attempt 2 70 % attempt 2 · \w+ \d+ \+40 points passed", said)
    assert re.search(r"A check , attempt 1 30 % attempt 1 · \w+ \d+ not passed yet", said)


def test_every_day_of_the_chart_is_in_its_table(started: User, as_: Callable[[User], Client]) -> None:
    factories.LearnerCourseDayFactory.create(learner=started, day=timezone.now().date(), active_ms=1_500_000)
    page = as_(started).get(PROGRESS).content.decode()
    assert page.count('class="trk-chart-active"') == 1
    assert page.count('<td class="trk-number">') == 28
    assert "25\u202fmin" in page


def test_what_is_not_shared_is_no_zero(course: Any, as_: Callable[[User], Client]) -> None:
    noel = factories.EnrolmentFactory.create().learner
    factories.LearnerUnitFactory.create(learner=noel, unit_key="m/mean", state="skipped")
    said = words(as_(noel).get(PROGRESS))
    assert "The mean not shared" in said
    assert "Not shared, so no time is recorded." in said
    assert "What I skipped or skimmed Not shared, so unknown." in said


def test_a_learner_who_has_not_begun_reads_where_to_start(lena: User, as_: Callable[[User], Client]) -> None:
    said = words(as_(lena).get(PROGRESS))
    assert "0 of 2 completed not started yet" in said
    assert "Start here The mean" in said
    assert "Practise this" not in said


def test_whoever_is_through_reads_so(started: User, as_: Callable[[User], Client]) -> None:
    for unit_key in ("m/mean", "m/check"):
        factories.LearnerUnitFactory.create(learner=started, unit_key=unit_key)
    assert "You have completed everything in this course." in words(as_(started).get(PROGRESS))


def test_before_the_first_roll_up_the_page_says_that_nothing_is_counted(
    lena: User, course: Any, as_: Callable[[User], Client]
) -> None:
    course.rolled_up_at = None
    course.save()
    assert "no figures yet" in words(as_(lena).get(PROGRESS))


@pytest.mark.parametrize(("minutes", "is_said"), [(14, False), (16, True)])
def test_figures_that_lag_long_behind_say_what_to_do(
    lena: User, as_: Callable[[User], Client], minutes: int, is_said: bool
) -> None:
    since = timezone.now() - timedelta(minutes=minutes)
    PendingChange.objects.create(stage="learner", course_key=COURSE, learner_id=lena.pk, created_at=since)
    assert ("contact the people who run this site" in words(as_(lena).get(PROGRESS))) == is_said


def test_simulated_data_is_called_so(lena: User, course: Any, as_: Callable[[User], Client]) -> None:
    course.is_simulated = True
    course.save()
    assert "Reading data Simulated data" in words(as_(lena).get(PROGRESS))


def test_who_learns_for_real_beside_a_simulated_class_has_no_simulated_page(
    lena: User, course: Any, as_: Callable[[User], Client]
) -> None:
    course.is_simulated = True
    course.save()
    factories.EventFactory.create(learner=lena)
    assert "Simulated" not in words(as_(lena).get(PROGRESS)) + words(as_(lena).get(ME))
    factories.EventFactory.create(learner=lena, source=EventSource.SIMULATED)
    assert "Simulated data" in words(as_(lena).get(PROGRESS))


def test_the_learner_page_keeps_to_its_queries(
    started: User, as_: Callable[[User], Client], django_assert_num_queries: Any
) -> None:
    browser = as_(started)
    browser.get(PROGRESS)
    with django_assert_num_queries(7):
        browser.get(PROGRESS)


@pytest.mark.parametrize("is_simulated", [False, True])
def test_the_learner_page_keeps_to_its_queries_with_all_that_it_can_hold_and_no_answer_at_hand(
    is_simulated: bool,
    started: User,
    course: Any,
    ines: User,
    as_: Callable[[User], Client],
    django_assert_max_num_queries: Any,
) -> None:
    course.is_simulated = is_simulated
    course.save()
    for purpose in ("nudges", "comparison"):
        Consent.objects.create(learner=started, purpose=purpose, is_granted=True, source="test")
    for person in factories.UserFactory.create_batch(6):
        factories.EnrolmentFactory.create(learner=person)
        factories.share_engagement(person)
        factories.LearnerCourseFactory.create(
            learner=person, completed_count=1, active_ms=60_000, last_at=timezone.now()
        )
    factories.AttemptFactory.create(learner=started, unit_key="m/check", score=4, is_passed=False)
    factories.FindingFactory.create(learner=started, unit_key="m/mean", reason="skipped", evidence={})
    messages.send_message(
        ActionSubject(learner_id=started.pk, course_key=COURSE, unit_key="m/mean"),
        Actor(user_id=ines.pk, audience=Audience.INSTRUCTOR),
        text="Have a look.",
        now=timezone.now(),
    )
    browser = as_(started)
    cache.clear()
    with django_assert_max_num_queries(12):
        page = browser.get(PROGRESS)
    said = words(page)
    assert ("Have a look." in said, page.context["comparison"] is not None) == (True, True)


def test_the_page_of_my_courses_keeps_to_its_queries(
    started: User, as_: Callable[[User], Client], django_assert_num_queries: Any
) -> None:
    browser = as_(started)
    with django_assert_num_queries(6):
        browser.get(ME)
