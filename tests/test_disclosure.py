"""No figure about fewer than five people, neither shown nor to be had by difference."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from tests.factories import COURSE
from tracking.disclosure import is_small, showable
from tracking.models import CourseDay, GroupDay, GroupUnitStats
from tracking.reports.course import groups
from tracking.reports.course import overview as course_overview


@pytest.mark.parametrize(
    ("sizes", "whole", "shown"),
    [
        ({"a": 27}, 30, set()),  # The other 3 by difference.
        ({"a": 25}, 30, {"a"}),
        ({"a": 30}, 30, {"a"}),
        ({"a": 4, "b": 26}, 30, set()),
        ({"a": 4, "b": 6, "c": 20}, 30, {"c"}),  # Without b, a would be 30 - 6 - 20.
        ({"a": 10, "b": 20}, 30, {"a", "b"}),
        ({"a": 2, "b": 3, "c": 25}, 30, {"c"}),  # Together they are five, and nobody can tell them apart.
        ({}, 30, set()),
    ],
)
def test_a_part_is_shown_where_neither_it_nor_what_is_left_over_is_small(sizes, whole, shown):
    assert showable(sizes, whole=whole) == shown


@given(st.lists(st.integers(0, 40), max_size=6), st.integers(0, 10))
def test_no_sum_and_difference_of_shown_parts_is_about_few(sizes, in_no_part):
    parts = dict(enumerate(sizes))
    whole = sum(sizes) + in_no_part
    shown = showable(parts, whole=whole)
    for number in range(len(shown) + 1):
        for some in itertools.combinations(shown, number):
            about = sum(parts[key] for key in some)
            if some:
                assert not is_small(about)
            if shown:
                assert whole - about == 0 or not is_small(whole - about)


@pytest.fixture
def divided(school, db):
    """A class of 30: 27 in the morning, 3 in the evening; in the morning everybody tried the quiz."""
    factories.CourseOutlineFactory()
    factories.OutlineUnitFactory(unit_key="q", kind="quiz")
    for key, size in (("morning", 27), ("evening", 3)):
        factories.EnrolmentFactory.create_batch(size, group_key=key, group_title=key)
        figures = {
            "learner_count": size,
            "reached_count": size,
            "first_decided_count": size,
            "first_passed_count": 1,
        }
        GroupUnitStats.objects.create(course_key=COURSE, group_key=key, unit_key="q", **figures)
        GroupDay.objects.create(course_key=COURSE, group_key=key, day=factories.AT.date(), learner_count=size)
    factories.UnitStatsFactory(
        unit_key="q", learner_count=30, reached_count=30, first_decided_count=30, first_passed_count=2
    )


def test_what_three_learners_did_is_not_the_difference_of_the_class_and_the_other_group(divided, now):
    found = groups.find_groups(COURSE, now=now)
    assert found is not None
    assert [(group.key, group.is_hidden, group.units, group.days) for group in found.groups] == [
        ("evening", True, (), ()),
        ("morning", True, (), ()),
    ]
    overview = course_overview.find_class_overview(COURSE, now=now)
    assert overview is not None
    assert overview.units[0].first_try_share == 2 / 30


def test_a_day_of_a_large_group_is_hidden_where_few_others_were_there(divided, now):
    factories.EnrolmentFactory.create_batch(20, group_key="evening", group_title="evening")
    CourseDay.objects.create(course_key=COURSE, day=factories.AT.date(), learner_count=30)
    found = groups.find_groups(COURSE, now=now)
    assert found is not None
    assert {group.key: group.days[0].learner_count for group in found.groups} == {
        "evening": None,
        "morning": None,
    }


def test_a_measure_of_a_large_group_is_hidden_where_few_others_are_behind_that_of_the_class(divided, now):
    """Both groups are large, but only three of the evening tried the quiz: the class less the morning is those."""
    factories.EnrolmentFactory.create_batch(20, group_key="evening", group_title="evening")
    GroupUnitStats.objects.filter(group_key="evening").update(learner_count=23, reached_count=23)
    found = groups.find_groups(COURSE, now=now)
    assert found is not None
    shares = {
        group.key: (group.units[0].first_try_share, group.units[0].reached_share) for group in found.groups
    }
    assert shares == {"evening": (None, 1.0), "morning": (None, 1.0)}


@pytest.fixture
def module(school, db):
    factories.CourseOutlineFactory()
    factories.OutlineUnitFactory(unit_key="m", kind="module")
    for key, kind in (("a", "lesson"), ("q", "quiz"), ("r", "quiz")):
        factories.OutlineUnitFactory(unit_key=key, kind=kind, parent_key="m")

    def figures(key, **given):
        factories.UnitStatsFactory(unit_key=key, learner_count=30, **given)

    return figures


def overview_at(now):
    found = course_overview.find_class_overview(COURSE, now=now)
    assert found is not None
    return found


def test_many_answers_of_few_people_are_about_few(module, now):
    """Twelve answers of two learners stood on the page as a share: the questions of a quiz draw on one lesson."""
    module("a", answered_count=12, correct_count=3, answering_learner_count=2)
    [unit] = overview_at(now).units[:1]
    assert (unit.first_try_share, unit.first_try_count) == (None, None)


def test_what_a_module_adds_up_leaves_out_what_is_about_few(module, now):
    """Three learners tried a second quiz: beside the share of the first one that of both told theirs."""
    module("q", first_decided_count=10, decided_count=10, first_passed_count=5, passed_count=8)
    module("r", first_decided_count=3, decided_count=3, first_passed_count=0, passed_count=0)
    [found] = overview_at(now).modules
    assert (found.first_try_share, found.first_try_count, found.passed_share) == (0.5, 10, 0.8)


def test_few_who_tried_several_quizzes_are_few(module, now):
    for key in ("q", "r"):
        module(key, first_decided_count=3, decided_count=3, first_passed_count=1, passed_count=1)
    [found] = overview_at(now).modules
    assert (found.first_try_share, found.first_try_count, found.passed_share) == (None, None, None)
