"""An unusual day is found; a quiet Sunday in a course that always rests on Sundays is not."""

from datetime import date, timedelta

import pytest

from tracking.models import CourseDay
from tracking.reports.course import anomalies
from tracking.reports.course.anomalies import AnomalyMeasure
from tracking.reports.course.daily_stats import DayRange

DAY = date(2026, 3, 11)
WEEK = timedelta(weeks=1)


@pytest.fixture
def usual(db):
    """Eight Wednesdays of about thirty learners, and Tuesdays of three."""

    def make(weeks=8):
        for number, learners in enumerate((30, 31, 29, 30, 32, 28, 30, 31)[:weeks], start=1):
            row(DAY - number * WEEK, learners)
            row(DAY - number * WEEK - timedelta(days=1), 3)

    return make


def row(day, learners, **figures):
    given = {"active_ms": learners * 600_000, "view_count": learners * 4, "attempt_count": learners} | figures
    CourseDay.objects.create(course_key="c", day=day, learner_count=learners, **given)


def found(first=DAY, last=DAY):
    rows = {each.day: each for each in CourseDay.objects.filter(course_key="c")}
    return anomalies.judge_days(rows, DayRange(first, last))


def measures():
    return {each.measure for each in found()}


@pytest.mark.parametrize(
    ("learners", "is_told"), [(30, False), (24, False), (35, False), (12, True), (60, True)]
)
def test_a_day_is_told_where_it_is_far_from_the_same_weekday_of_the_weeks_before(usual, learners, is_told):
    usual()
    row(DAY, learners)
    assert (AnomalyMeasure.LEARNERS in measures()) is is_told


def test_what_is_told_says_what_is_usual_and_how_far_off_it_is(usual):
    usual()
    row(DAY, 12)
    first = next(each for each in found() if each.measure is AnomalyMeasure.LEARNERS)
    assert (first.day, first.value, first.usual, first.week_count) == (DAY, 12, 30, 8)
    assert first.change == pytest.approx(-0.6)
    # The deviations from 30 are 0, 0, 0, 1, 1, 1, 2, 2: their median is 1.
    assert first.z == pytest.approx(0.6745 * -18)


def test_a_day_on_which_nobody_came_has_no_row_and_is_told(usual):
    usual()
    assert AnomalyMeasure.LEARNERS in measures()


def test_a_weekday_on_which_few_ever_come_is_no_news(usual):
    usual()
    assert found(DAY - timedelta(days=1), DAY - timedelta(days=1)) == ()


@pytest.mark.parametrize(("weeks", "is_told"), [(4, True), (3, False)])
def test_a_course_must_have_run_for_four_weeks(usual, weeks, is_told):
    usual(weeks)
    row(DAY, 60)
    assert bool(found()) is is_told


def test_more_work_by_the_same_people_is_no_news(usual):
    usual()
    row(DAY, 30, view_count=900)
    assert found() == ()


def test_time_is_told_in_seconds(usual):
    usual()
    row(DAY, 12)
    told = next(each for each in found() if each.measure is AnomalyMeasure.ACTIVE_TIME)
    assert (told.value, told.usual) == (7200, 18_000)


def test_the_newest_day_comes_first(usual):
    usual()
    row(DAY, 60)
    row(DAY + timedelta(days=1), 60)
    days = [each.day for each in found(DAY - WEEK, DAY + timedelta(days=1))]
    assert days == sorted(days, reverse=True)


def test_what_was_out_of_the_ordinary_on_one_day_is_one_day(usual):
    usual()
    row(DAY, 12)
    [day] = anomalies.group_by_day(found())
    assert (day.day, day.direction) == (DAY, "less")
    assert [each.measure for each in day.figures] == list(AnomalyMeasure)


def test_a_day_of_more_and_less_at_once_is_neither(usual):
    usual()
    row(DAY, 12, view_count=900)
    assert [each.direction for each in anomalies.group_by_day(found())] == ["other"]
