"""How a class goes, week by week and beside another, and its hardest questions."""

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
from tests.dashboards import faculty
from tests.dashboards.test_learner_pages import words
from tests.factories import COURSE
from tracking.models import (
    CourseDay,
    CourseHour,
    CourseOutline,
    CourseWeek,
    GroupUnitStats,
    QuestionStats,
    UnitStats,
)

CLASS = reverse("tracking:class", args=[COURSE])
TRENDS = reverse("tracking:class_trends", args=[COURSE])


def week(number: int, learners: int, course_key: str = COURSE) -> None:
    CourseWeek.objects.create(
        course_key=course_key, week=number, enrolled_count=10, learner_count=learners, active_ms=60_000
    )


@pytest.fixture
def ten(course: Any) -> None:
    factories.EnrolmentFactory.create_batch(10)


def test_each_week_says_how_many_were_at_work(ten: None, ines: User, as_: Callable[[User], Client]) -> None:
    week(0, 9)
    week(1, 3)
    said = words(as_(ines).get(TRENDS))
    assert "1 9 90 % unknown 2 3 30 % unknown" in said


def test_a_day_out_of_the_ordinary_is_told_and_today_is_none(
    ten: None, ines: User, as_: Callable[[User], Client]
) -> None:
    """Today is not over: on a busy weekday each morning would look like a class that stays away."""
    CourseOutline.objects.update(rolled_up_at=timezone.now())
    for back in range(70):
        busy = 6 if back == 1 else 0 if back == 0 else 30
        if busy:
            CourseDay.objects.create(
                course_key=COURSE, day=timezone.now().date() - timedelta(days=back), learner_count=busy,
                active_ms=busy * 600_000, view_count=busy * 4, attempt_count=busy,
            )  # fmt: skip
    page = as_(ines).get(TRENDS)
    assert [each.day for each in page.context["anomalies"]] == [timezone.now().date() - timedelta(days=1)]
    said = words(page)
    sentence = (
        ": ↓ far less than usual. 6 learners were active; usual: 30 . Total active time "
        "was 1 h ; usual: 5 h . 24 lessons were opened; usual: 120 . 6 quizzes were "
        "submitted; usual: 30 ."
    )
    assert said.count(sentence) == 1
    assert words(as_(ines).get(CLASS)).count(sentence) == 1


def test_a_class_of_ordinary_days_has_no_list_of_others(
    ten: None, ines: User, as_: Callable[[User], Client]
) -> None:
    assert "Unusual days" not in words(as_(ines).get(TRENDS))


def test_another_class_of_mine_stands_beside_this_one_from_its_own_first_week(
    ten: None, ines: User, as_: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(faculty.TAUGHT, "ines", [COURSE, "last-year"])
    factories.CourseOutlineFactory.create(course_key="last-year", title="Last year")
    factories.EnrolmentFactory.create_batch(10, course_key="last-year")
    week(0, 9)
    week(0, 6, "last-year")
    browser = as_(ines)
    assert "Last year" in words(browser.get(TRENDS))
    assert "1 9 90 % unknown 6 60 % unknown" in words(browser.get(f"{TRENDS}?compare_with=last-year"))


@pytest.fixture
def last_year(ten: None, monkeypatch: pytest.MonkeyPatch) -> CourseOutline:
    """Another run of the course that Ines taught, and this one after it."""
    monkeypatch.setitem(faculty.TAUGHT, "ines", [COURSE, "reading-data-1", "another"])
    now = timezone.now()
    CourseOutline.objects.update(starts_at=now - timedelta(days=30))
    factories.CourseOutlineFactory.create(
        course_key="another", title="Other", starts_at=now - timedelta(days=300)
    )
    factories.EnrolmentFactory.create_batch(10, course_key="reading-data-1")
    week(0, 9)
    week(0, 6, "reading-data-1")
    return factories.CourseOutlineFactory.create(
        course_key="reading-data-1", title="Reading data, 1st run", starts_at=now - timedelta(days=400)
    )


def test_the_previous_run_is_guessed_set_beside_and_said_to_be_a_guess(
    last_year: CourseOutline, ines: User, as_: Callable[[User], Client]
) -> None:
    said = words(as_(ines).get(TRENDS))
    assert "1 9 90 % unknown 6 60 % unknown" in said
    assert "Compared with Reading data, 1st run, because its title or key differs only in numbers" in said


def test_a_guess_is_put_aside_by_choosing_none(
    last_year: CourseOutline, ines: User, as_: Callable[[User], Client]
) -> None:
    page = as_(ines).get(f"{TRENDS}?compare_with=")
    assert (page.context["other"], "Compared with" in words(page)) == (None, False)


def test_the_run_that_the_host_names_is_no_guess(
    last_year: CourseOutline, ines: User, as_: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(faculty.NAMED, COURSE, "another")
    said = words(as_(ines).get(TRENDS))
    assert "Compared with Other, which the platform names as the previous run of this course." in said


def test_a_run_that_the_instructor_did_not_teach_is_not_set_beside(
    last_year: CourseOutline, ines: User, as_: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(faculty.TAUGHT, "ines", [COURSE, "another"])
    monkeypatch.setitem(faculty.NAMED, COURSE, "reading-data-1")
    assert as_(ines).get(TRENDS).context["other"] is None


def test_a_course_that_began_later_is_no_previous_run(
    last_year: CourseOutline, ines: User, as_: Callable[[User], Client]
) -> None:
    CourseOutline.objects.filter(pk=last_year.pk).update(starts_at=timezone.now())
    assert as_(ines).get(TRENDS).context["other"] is None


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ("weeks", "reading-data,Reading data,1,9,0.9,60,0,0,0"),
        ("weeks", 'reading-data-1,"Reading data, 1st run",1,6,0.6,60,0,0,0'),
        ("hours", "0,9,7,3600,3"),
        ("drop_offs", "unit_key,title,learners"),
        ("groups", "'=a,'=Group A,5,m/mean,The mean,lesson,0.8,0.0,0.0,,"),
        ("anomalies", "day,measure,value,usual,change"),
    ],
)
def test_each_table_of_the_weeks_is_a_file_as_the_page_has_it(
    table: str, line: str, last_year: CourseOutline, ines: User, as_: Callable[[User], Client]
) -> None:
    CourseHour.objects.create(course_key=COURSE, hour=9, learner_count=7, active_ms=3_600_000, view_count=3)
    for group in ("=a", "b"):
        factories.EnrolmentFactory.create_batch(5, group_key=group, group_title=f"=Group {group[-1].upper()}")
        GroupUnitStats.objects.create(
            course_key=COURSE, group_key=group, unit_key="m/mean", learner_count=5, reached_count=4
        )
    UnitStats.objects.create(course_key=COURSE, unit_key="m/mean", learner_count=20, reached_count=8)
    answer: Any = as_(ines).get(f"{TRENDS}?table={table}")
    assert answer["Content-Disposition"] == f'attachment; filename="reading-data-{table}.csv"'
    assert line in b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()


def test_a_class_of_somebody_else_is_not_set_beside_mine(
    ten: None, ines: User, as_: Callable[[User], Client]
) -> None:
    factories.CourseOutlineFactory.create(course_key="another-course", title="Not mine")
    week(0, 9, "another-course")
    page = as_(ines).get(f"{TRENDS}?compare_with=another-course")
    assert (page.context["other"], "Not mine" in words(page)) == (None, False)


def test_the_hardest_questions_name_the_wrong_options(
    ten: None, ines: User, as_: Callable[[User], Client]
) -> None:
    counts = {"answer_count": 20, "correct_count": 10, "succeeded_count": 9, "attempts_to_success_count": 20}
    for key, right in (("easy", 20), ("middling", 12), ("hard", 4)):
        QuestionStats.objects.create(
            course_key=COURSE, unit_key="m/check", question_key=key, learner_count=20, first_correct_count=right,
            gained_count=0, unchanged_count=0, lost_count=0, discrimination_count=20,
            discrimination=-0.3 if key == "hard" else 0.4,
            options={"a": [right, 0], "b": [0, 8], "c": [0, 2]}, **counts,
        )  # fmt: skip
    said = words(as_(ines).get(CLASS))
    assert (
        "hard A check check the question 20 % 50 % 20 b 50 % , c 13 % "
        "middling A check 60 % 50 % 20 b 100 % , c 25 %"
    ) in said
    assert "easy" not in said


def test_a_page_asks_for_a_mark_that_changes_with_its_figures(
    lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    browser, mark = as_(ines), reverse("tracking:class_data_version", args=[COURSE])
    first = browser.get(mark)
    assert browser.get(mark, headers={"If-None-Match": first["ETag"]}).status_code == 304
    factories.LearnerCourseFactory.create(learner=lena)
    changed = browser.get(mark, headers={"If-None-Match": first["ETag"]})
    assert (changed.status_code, changed["ETag"] != first["ETag"]) == (200, True)
