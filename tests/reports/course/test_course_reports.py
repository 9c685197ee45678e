"""What is shown of the levels of a class."""

from datetime import timedelta

import pytest

from tests.factories import (
    AT,
    COURSE,
    CourseOutlineFactory,
    EnrolmentFactory,
    LearnerCourseFactory,
    OutlineUnitFactory,
    UserFactory,
    share_engagement,
)
from tracking.definitions.times import TimePercentiles
from tracking.events import UnitKind
from tracking.models import (
    CourseHour,
    CourseWeek,
    GroupDay,
    GroupUnitStats,
    LearnerPattern,
    ModuleStats,
    UnitTransition,
)
from tracking.reports.course import activity_hours, cohorts, groups, modules, transitions
from tracking.reports.course.activity_hours import HourOfWeek
from tracking.reports.course.transitions import DropOff, TransitionReport

pytestmark = pytest.mark.django_db

TIMED = {
    "timed_count": 5,
    "p25_active_ms": 1000,
    "median_active_ms": 2000,
    "p75_active_ms": 3000,
    "p90_active_ms": 4000,
}
SPREAD = TimePercentiles(learner_count=5, p25_seconds=1, median_seconds=2, p75_seconds=3, p90_seconds=4)


@pytest.fixture
def course():
    for key in ("a", "b"):
        OutlineUnitFactory(unit_key=key, title=key.upper())
    return CourseOutlineFactory()


def known(found):
    """Return what was found, which is something."""
    assert found is not None
    return found


def edge(from_key, to_key, learner_count, step_count):
    UnitTransition.objects.create(
        course_key=COURSE,
        from_unit_key=from_key,
        to_unit_key=to_key,
        learner_count=learner_count,
        transition_count=step_count,
    )


def test_steps_come_most_frequent_first(course):
    edge("", "a", 5, 5)
    edge("a", "b", 6, 9)
    edge("b", "", 4, 400)
    found = known(transitions.find_transitions(COURSE, now=AT))
    assert (found.transitions[0].learner_count, found.transitions[0].transition_count) == (4, 400)
    assert found.transitions[1:] == (
        TransitionReport(
            from_unit_key="a",
            from_title="A",
            to_unit_key="b",
            to_title="B",
            learner_count=6,
            transition_count=9,
        ),
        TransitionReport(
            from_unit_key="",
            from_title="",
            to_unit_key="a",
            to_title="A",
            learner_count=5,
            transition_count=5,
        ),
    )


def test_where_learners_leave_is_their_last_unit_a_week_ago_unless_they_had_finished(course):
    def leave(unit, days, **fields):
        learner = UserFactory.create()
        LearnerCourseFactory(learner=learner, last_unit_key=unit, last_at=AT - timedelta(days=days), **fields)
        EnrolmentFactory(learner=learner)
        share_engagement(learner)

    for _ in range(5):
        leave("a", 8)
    leave("a", 8, required_count=2, completed_count=2)
    leave("a", 6)
    for _ in range(4):
        leave("b", 8)
    assert known(transitions.find_transitions(COURSE, now=AT)).drop_offs == (
        DropOff(key="a", title="A", learner_count=5),
        DropOff(key="b", title="B", learner_count=4),
    )


def test_the_flows_of_a_class_cost_five_queries(course, django_assert_num_queries):
    with django_assert_num_queries(5):
        transitions.find_transitions(COURSE, now=AT)


def test_an_hour_says_how_many_learners_worked_in_it_however_few(course):
    CourseHour.objects.create(course_key=COURSE, hour=9, learner_count=5, active_ms=60_000, view_count=7)
    CourseHour.objects.create(course_key=COURSE, hour=34, learner_count=4, active_ms=60_000, view_count=7)
    hours = known(activity_hours.class_activity_hours(COURSE, now=AT)).hours
    assert len(hours) == 168
    assert hours[9] == HourOfWeek(weekday=0, hour=9, active_seconds=60, view_count=7, learner_count=5)
    assert hours[34] == HourOfWeek(weekday=1, hour=10, active_seconds=60, view_count=7, learner_count=4)
    assert hours[0] == HourOfWeek(weekday=0, hour=0, active_seconds=0, view_count=0, learner_count=0)


def test_a_learner_sees_every_hour_of_their_own(course):
    learner = UserFactory.create()
    LearnerPattern.objects.create(learner=learner, course_key=COURSE, hours={"167": [60_000, 1]})
    hours = known(activity_hours.learner_activity_hours(learner.pk, COURSE, now=AT)).hours
    assert hours[167] == HourOfWeek(weekday=6, hour=23, active_seconds=60, view_count=1, learner_count=1)
    assert sum(hour.learner_count for hour in hours) == 1


def test_terms_of_a_course_are_laid_over_one_another_by_week(course):
    CourseOutlineFactory(course_key="last-term", title="Last term")
    for course_key in (COURSE, "last-term"):
        for _ in range(20):
            EnrolmentFactory(course_key=course_key)
    for course_key, week, learner_count in ((COURSE, 0, 10), (COURSE, 2, 5), ("last-term", -1, 4)):
        CourseWeek.objects.create(
            course_key=course_key, week=week, enrolled_count=20, learner_count=learner_count, **TIMED
        )
    this, last = cohorts.compare_cohorts([COURSE, "last-term", "unknown"], now=AT)
    assert [(week.week, week.learner_count, week.learner_share) for week in this.weeks] == [
        (0, 10, 0.5),
        (1, 0, 0.0),
        (2, 5, 0.25),
    ]
    assert [(week.week, week.learner_count) for week in last.weeks] == [(-1, 4)]
    assert this.weeks[0].active_spread == SPREAD


def test_a_moment_centuries_off_fills_no_page_with_empty_weeks(course):
    for week in (0, 9000):
        CourseWeek.objects.create(course_key=COURSE, week=week)
    assert [week.week for week in known(cohorts.find_cohort(COURSE, now=AT)).weeks] == [0, 9000]


def test_a_group_has_figures_however_small_it_is(course):
    for key, size in (("red", 5), ("blue", 4), ("", 7)):
        for _ in range(size):
            EnrolmentFactory(group_key=key, group_title=key.title())
        GroupUnitStats.objects.create(
            course_key=COURSE, group_key=key, unit_key="a", learner_count=size, reached_count=4, **TIMED
        )
        GroupDay.objects.create(course_key=COURSE, group_key=key, day=AT.date(), learner_count=5)
    blue, red = known(groups.find_groups(COURSE, now=AT)).groups
    assert (blue.title, [unit.reached_share for unit in blue.units]) == ("Blue", [1.0, None])
    assert (red.title, [unit.reached_share for unit in red.units]) == ("Red", [0.8, None])
    assert red.units[0].active_spread == SPREAD
    assert [day.learner_count for day in red.days] == [5]


def test_a_module_without_anything_to_complete_is_neither_complete_nor_not():
    for position, (key, unit_count) in enumerate((("m1", 2), ("m2", 0))):
        OutlineUnitFactory(unit_key=key, kind=UnitKind.MODULE, position=position)
        ModuleStats.objects.create(
            course_key=COURSE, module_key=key, unit_count=unit_count, learner_count=10, completed_count=5
        )
    assert [module.completed_share for module in modules.find_modules(COURSE)] == [0.5, None]


@pytest.mark.parametrize(
    "find",
    [
        transitions.find_transitions,
        activity_hours.class_activity_hours,
        cohorts.find_cohort,
        groups.find_groups,
    ],
)
def test_nothing_is_said_about_a_course_that_nobody_knows(find):
    assert find("nowhere", now=AT) is None
