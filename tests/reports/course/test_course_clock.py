"""Days end where the course is, not in Greenwich."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests import factories
from tests.factories import COURSE
from tracking.findings import learner_facts
from tracking.reports.learner import course_row

AUCKLAND, CHICAGO = "Pacific/Auckland", "America/Chicago"
MOMENTS = [
    # 09:00 on the 12th in Auckland, and 21:00 on the 11th in Chicago: neither is the day in UTC.
    (AUCKLAND, datetime(2026, 3, 11, 20, tzinfo=UTC), date(2026, 3, 12)),
    (CHICAGO, datetime(2026, 3, 12, 2, tzinfo=UTC), date(2026, 3, 11)),
]


@pytest.mark.parametrize(("zone", "now", "today"), MOMENTS)
def test_the_last_day_of_a_learners_chart_is_today_where_the_course_is(db, zone, now, today):
    """An hour of a morning in Auckland was on no chart until noon, and an evening in Chicago ended with tomorrow."""
    factories.CourseOutlineFactory.create(time_zone=zone)
    learner = factories.EnrolmentFactory.create().learner
    for before in (0, 27, 28):
        factories.LearnerCourseDayFactory.create(
            learner=learner, day=today - timedelta(days=before), active_ms=(before + 1) * 1000
        )
    found = course_row.read_course_of_learner(learner.pk, COURSE, now=now)
    assert found is not None
    assert (
        len(found.days),
        {each.day: each.active_seconds for each in found.days if each.active_seconds},
    ) == (
        28,
        {today - timedelta(days=27): 28, today: 1},
    )


@pytest.mark.parametrize(("zone", "now", "today"), MOMENTS)
def test_the_days_on_which_a_learner_came_are_counted_until_today_where_the_course_is(db, zone, now, today):
    """Who came this morning in Auckland was taken for one who had stayed away."""
    factories.CourseOutlineFactory.create(time_zone=zone)
    learner = factories.EnrolmentFactory.create().learner
    for before in (0, 1, 13):
        factories.LearnerCourseDayFactory.create(learner=learner, day=today - timedelta(days=before))
    assert learner_facts.read_learner_facts(COURSE, [learner.pk], now=now)[learner.pk].active_day_count == 3
