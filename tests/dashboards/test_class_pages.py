"""What an instructor reads about a class."""

from __future__ import annotations

import re
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

CLASS = reverse("tracking:class", args=[COURSE])


def test_the_tiles_count_and_lead_to_what_they_count(
    class_of_six: list[User], ines: User, as_: Callable[[User], Client]
) -> None:
    page = as_(ines).get(CLASS)
    assert "4 of 6 active this week 2 to check in with 1 area to review 1 of 6 finished" in words(page)
    for target in ("?status=active#learners", "#check-in", "#review", "?status=finished#learners"):
        assert f'href="{target}"' in page.content.decode()


def test_all_reasons_to_go_back_to_a_lesson_stand_together(
    class_of_six: list[User], ines: User, as_: Callable[[User], Client]
) -> None:
    assert (
        "The mean 4 of the 10 learners who should have finished it by now skipped it (40 "
        "%). 2 of 8 first answers to questions about it were right (25 %)."
    ) in words(as_(ines).get(CLASS))


def test_the_most_urgent_learner_comes_first_with_the_reason(
    class_of_six: list[User], ines: User, as_: Callable[[User], Client]
) -> None:
    assert re.search(
        r"Learners to check in with Download \(CSV\) Cy Doe never seen · Morning Has not started. .* for 30 days\."
        r" messages turned off Snooze or dismiss : Cy Doe .* Bo Doe last seen 9 days ago · Evening No activity"
        r" for 9 days\.",
        words(as_(ines).get(CLASS)),
    )


def test_a_cell_holds_a_number_a_shade_or_the_reason_for_neither(
    class_of_six: list[User], ines: User, as_: Callable[[User], Client]
) -> None:
    page = as_(ines).get(CLASS)
    assert (
        "The mean a lesson many learners skipped; a lesson whose questions many miss 67 % 20 % 7 min"
        in words(page)
    )
    assert "A check 50 %" in words(page)
    assert 'class="trk-cell trk-tone-success trk-heat-7"' in page.content.decode()


def test_the_page_says_how_many_share_nothing_and_shows_no_zero_for_them(
    class_of_six: list[User], ines: User, as_: Callable[[User], Client]
) -> None:
    said = words(as_(ines).get(CLASS))
    assert "1 learner does not share their activity" in said
    assert "Di Doe Evening 1 of 2 not shared 0 0 not shared just now" in said


def test_a_class_without_learners_says_so(course: Any, ines: User, as_: Callable[[User], Client]) -> None:
    said = words(as_(ines).get(CLASS))
    assert "No learners are enrolled yet." in said
    assert "All learners" not in said


def test_a_class_before_the_first_roll_up_says_that_nothing_is_counted(
    lena: User, course: Any, ines: User, as_: Callable[[User], Client]
) -> None:
    course.rolled_up_at = None
    course.save()
    assert "No figures yet." in words(as_(ines).get(CLASS))


def test_a_course_that_is_over_does_not_say_that_everyone_is_on_their_way(
    lena: User, course: Any, ines: User, as_: Callable[[User], Client]
) -> None:
    """Of a course that ended years ago, which half the class had left, the page said so."""
    course.ends_at = timezone.now() - timedelta(days=1)
    course.save()
    said = words(as_(ines).get(CLASS))
    assert "The course is over, so there is no one to check in with." in said
    assert "on track" not in said


def test_a_course_that_is_over_is_complete_and_counts_who_took_part(
    lena: User, course: Any, ines: User, as_: Callable[[User], Client]
) -> None:
    """Of a course that ended years ago the page said "data up to just now" and "0 active this week"."""
    course.ends_at = timezone.now() - timedelta(days=800)
    course.save()
    factories.LearnerCourseFactory.create(learner=lena, last_at=course.ends_at)
    said = words(as_(ines).get(CLASS))
    assert "final: the course ended" in said
    assert "1 of 1 took part" in said
    assert "of 1 active this week" not in said
    assert "just now" not in said


def test_a_course_that_has_not_begun_blames_nobody(
    lena: User, course: Any, ines: User, as_: Callable[[User], Client]
) -> None:
    course.starts_at = timezone.now() + timedelta(days=3)
    course.save()
    said = words(as_(ines).get(CLASS))
    assert "Until then no one is late" in said
    assert "The course has not started, so no one is behind." in said


def test_this_week_stands_beside_the_last(
    class_of_six: list[User], ines: User, as_: Callable[[User], Client]
) -> None:
    week_ago = timezone.localdate() - timedelta(days=8)
    factories.LearnerCourseDayFactory.create(learner=class_of_six[0], day=week_ago)
    assert "active learners 3 2 ↑ up" in words(as_(ines).get(CLASS))


def test_who_teaches_nothing_reads_so(db: None, as_: Callable[[User], Client]) -> None:
    said = words(as_(factories.UserFactory.create()).get(reverse("tracking:classes")))
    assert "You are not teaching any classes here." in said


def test_my_classes_show_the_figures_of_the_class_page(
    class_of_six: list[User], ines: User, as_: Callable[[User], Client]
) -> None:
    said = words(as_(ines).get(reverse("tracking:classes")))
    assert "Reading data 6 learners 4 active this week 2 to check in with 1 area to review" in said


def test_an_instructor_reads_the_numbers_of_the_learners_own_page(
    class_of_six: list[User], ines: User, as_: Callable[[User], Client]
) -> None:
    bo = class_of_six[1]
    theirs = as_(bo).get(reverse("tracking:my_progress", args=[COURSE]))
    seen = as_(ines).get(reverse("tracking:class_learner", args=[COURSE, bo.pk]))
    assert seen.context["progress"].findings == theirs.context["progress"].findings
    for field in ("completed_count", "skipped_count", "active_seconds", "modules", "attempts", "days"):
        assert getattr(seen.context["progress"], field) == getattr(theirs.context["progress"], field)
    assert "1 of 2 completed 10 min in total last seen 9 days ago" in words(seen)


def test_on_the_page_of_a_learner_what_was_skipped_leads_instructors_to_the_lesson_of_the_class(
    lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    factories.LearnerUnitFactory.create(learner=lena, unit_key="m/mean", state="skipped")
    page = as_(ines).get(reverse("tracking:class_learner", args=[COURSE, lena.pk])).content.decode()
    lesson = reverse("tracking:class_lesson", args=[COURSE, "m/mean"])
    assert page.count(f'<a href="{lesson}">The mean</a>') == 2  # Among what was skipped, and in its module.


@pytest.mark.parametrize("learner_count", [6, 40])
def test_the_class_page_keeps_to_its_queries_however_large_the_class(
    learner_count: int,
    class_of_six: list[User],
    ines: User,
    as_: Callable[[User], Client],
    django_assert_num_queries: Any,
) -> None:
    factories.EnrolmentFactory.create_batch(learner_count - 6)
    browser = as_(ines)
    with django_assert_num_queries(17):
        browser.get(CLASS)
