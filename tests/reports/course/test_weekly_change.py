"""This week compared with last week."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import factories
from tests.factories import AT, COURSE
from tracking.models import CourseDay
from tracking.privacy import groups
from tracking.reports.course import active_learners, daily_stats, weekly_change
from tracking.reports.course.weekly_change import WeekChange, WeekMeasure
from tracking.rollups import freshness


@pytest.fixture
def course(db):
    return factories.CourseOutlineFactory.create()


def compare(course):
    fresh = freshness.find_freshness(course, now=AT)
    recent = daily_stats.read_recent_days(course, fresh, now=AT)
    active = active_learners.read_weekly_active(course, now=AT)
    included = groups.learners_in_figures(course.course_key)
    return weekly_change.compare_weeks(recent, active, included=included)


def test_a_learner_counts_once_a_week_and_who_has_left_or_does_not_share_not_at_all(course):
    learner = factories.EnrolmentFactory.create().learner
    factories.share_engagement(learner)
    silent = factories.EnrolmentFactory.create().learner
    gone = factories.UserFactory.create()
    for person, days in ((learner, (0, 1, 6, 7)), (gone, (0, 8)), (silent, (0, 8))):
        for before in days:
            factories.LearnerCourseDayFactory.create(learner=person, day=AT.date() - timedelta(days=before))
    found = compare(course)
    assert found == (WeekChange(measure=WeekMeasure.ACTIVE, now=1, before=1),)
    assert found[0].direction == "same"


def test_the_days_of_a_week_are_added_up(course):
    for before in range(15):
        CourseDay.objects.create(
            course_key=COURSE, day=AT.date() - timedelta(days=before), active_ms=60_000, view_count=2,
            access_count=1, attempt_count=before // 7,
        )  # fmt: skip
    assert compare(course) == (
        WeekChange(measure=WeekMeasure.TIME, now=420, before=420),
        WeekChange(measure=WeekMeasure.VIEWS, now=21, before=21),
        WeekChange(measure=WeekMeasure.ATTEMPTS, now=0, before=7),
    )
