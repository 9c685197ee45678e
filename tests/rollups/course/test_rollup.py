"""Figures about a class beyond its units: modules, weeks, hours, ways and groups."""

import uuid
from datetime import timedelta

import pytest

from tests.messages import progress
from tests.school import node
from tracking.capture import attempts, changes
from tracking.events import UnitKind
from tracking.lms.values import AttemptRecord, OutlineNode, UnitRef
from tracking.models import (
    CourseDay,
    CourseHour,
    CourseWeek,
    GroupDay,
    GroupUnitStats,
    LearnerPattern,
    ModuleStats,
    UnitStats,
    UnitTransition,
)
from tracking.rollups.engine import pipeline

MINUTE = 60_000


def module(key, parent=""):
    return OutlineNode(key=key, kind=UnitKind.MODULE, title=key, parent_key=parent)


@pytest.fixture
def course(school):
    school.course("c", lessons=["a", "b"], quizzes=["q"])
    return school


@pytest.fixture
def pupils(course, make_learner):
    made = [make_learner(f"pupil{number}") for number in range(4)]
    for number, pupil in enumerate(made):
        course.enrol(pupil, "c", group_key="red" if number < 3 else "")
    return made


def read(send_online, learner, unit, at, minutes):
    ended_at = at + timedelta(minutes=minutes)
    send_online(learner, progress(ended_at, unit, [[0, minutes * MINUTE]]))


def test_the_time_on_a_unit_is_told_by_its_percentiles(pupils, send_online, now):
    for pupil, minutes in zip(pupils, (1, 2, 3, 10), strict=True):
        read(send_online, pupil, "a", now, minutes)
    pipeline.process_changes(now=now)
    row = UnitStats.objects.get(unit_key="a")
    spread = (row.p25_active_ms, row.median_active_ms, row.p75_active_ms, row.p90_active_ms)
    assert (row.timed_count, spread) == (4, (105_000, 150_000, 285_000, 474_000))
    day = CourseDay.objects.get()
    assert (day.p25_active_ms, day.median_active_ms, day.p75_active_ms, day.p90_active_ms) == spread


def test_scores_of_first_attempts_are_told_by_their_percentiles(pupils, now):
    for pupil, score in zip(pupils, (1, 5, 6, 10), strict=True):
        attempts.store_attempt(
            AttemptRecord(
                source_label="quiz.Sitting",
                source_key="1",
                learner_id=pupil.pk,
                unit=UnitRef(course_key="c", unit_key="q"),
                started_at=now,
                submitted_at=now,
                score=score,
                max_score=10,
            )
        )
    pipeline.process_changes(now=now)
    row = UnitStats.objects.get(unit_key="q")
    assert (row.p25_first_share, row.median_first_share, row.p75_first_share) == pytest.approx(
        (0.4, 0.55, 0.7)
    )


def test_a_group_has_units_and_days_of_its_own_and_who_is_in_none_is_in_neither(pupils, send_online, now):
    read(send_online, pupils[0], "a", now, 5)
    read(send_online, pupils[3], "a", now, 5)
    pipeline.process_changes(now=now)
    unit = GroupUnitStats.objects.get(unit_key="a")
    assert (unit.group_key, unit.learner_count, unit.reached_count) == ("red", 3, 1)
    day = GroupDay.objects.get()
    assert (day.group_key, day.day, day.learner_count, day.active_ms) == ("red", now.date(), 1, 5 * MINUTE)


def test_who_changes_group_takes_their_figures_along(course, pupils, send_online, now):
    read(send_online, pupils[0], "a", now, 5)
    pipeline.process_changes(now=now)
    course.enrolled["c"] = []
    for pupil in pupils:
        course.enrol(pupil, "c", group_key="blue")
    changes.mark_outline_changed("c")
    pipeline.process_changes(now=now)
    assert set(GroupDay.objects.values_list("group_key", "learner_count")) == {("blue", 1)}
    assert set(GroupUnitStats.objects.values_list("group_key", "learner_count")) == {("blue", 4)}


def test_a_module_counts_what_is_required_and_open_at_any_depth(course, pupils, send_online, now):
    course.change(
        "c",
        nodes=(
            module("m"),
            module("inner", "m"),
            module("empty"),
            module("hidden-only"),
            node("a"),
            node("b", parent_key="inner"),
            node("extra", is_required=False),
            node("gone", is_available=False),
            node("secret", parent_key="hidden-only", is_available=False),
        ),
    )
    for unit in ("a", "b"):
        read(send_online, pupils[0], unit, now, 5)
    read(send_online, pupils[1], "b", now, 5)
    pipeline.process_changes(now=now)
    rows = ModuleStats.objects.values_list("module_key", "unit_count", "reached_count", "completed_count")
    assert set(rows) == {("m", 2, 2, 1), ("inner", 1, 2, 2), ("empty", 0, 0, 0), ("hidden-only", 0, 0, 0)}


def test_weeks_are_counted_from_the_start_of_the_course(course, pupils, send_online, now):
    course.change("c", starts_at=now - timedelta(days=3))
    read(send_online, pupils[0], "a", now - timedelta(days=4), 1)
    read(send_online, pupils[0], "a", now, 1)
    read(send_online, pupils[1], "a", now, 3)
    read(send_online, pupils[1], "a", now + timedelta(days=4), 3)
    pipeline.process_changes(now=now)
    rows = CourseWeek.objects.order_by("week").values_list(
        "week", "enrolled_count", "learner_count", "active_ms"
    )
    assert list(rows) == [(-1, 4, 1, MINUTE), (0, 4, 2, 4 * MINUTE), (1, 4, 1, 3 * MINUTE)]


def test_weeks_of_a_course_without_a_start_begin_with_each_learner(course, make_learner, send_online, now):
    early, late = make_learner("early"), make_learner("late")
    course.enrol(early, "c", enrolled_at=now - timedelta(days=21))
    course.enrol(late, "c")
    read(send_online, early, "a", now, 1)
    read(send_online, late, "a", now, 1)
    pipeline.process_changes(now=now)
    assert set(CourseWeek.objects.values_list("week", "learner_count")) == {(3, 1), (0, 1)}


def test_the_hours_of_a_class_are_those_of_its_enrolled_learners(pupils, make_learner, send_online, now):
    guest = make_learner("guest")
    for who in (*pupils[:2], guest):
        read(send_online, who, "a", now, 5)
    pipeline.process_changes(now=now)
    wednesday_noon = 2 * 24 + 12
    assert list(CourseHour.objects.values_list("hour", "learner_count", "active_ms", "view_count")) == [
        (wednesday_noon, 2, 10 * MINUTE, 2)
    ]
    assert LearnerPattern.objects.get(learner=guest).hours == {str(wednesday_noon): [5 * MINUTE, 1]}


def test_an_edge_counts_steps_and_the_learners_who_took_them(pupils, send_online, now):
    for number, pupil in enumerate(pupils[:2]):
        for turn in range(number + 1):
            for place, unit in enumerate(("a", "b")):
                read(
                    send_online,
                    pupil,
                    unit,
                    now - timedelta(hours=turn * 2) + timedelta(minutes=5 * place),
                    4,
                )
    pipeline.process_changes(now=now)
    edges = UnitTransition.objects.values_list(
        "from_unit_key", "to_unit_key", "learner_count", "transition_count"
    )
    assert set(edges) == {("", "a", 2, 3), ("a", "b", 2, 3), ("b", "", 2, 3)}


def test_no_edge_leads_to_a_unit_that_is_hidden(course, pupils, send_online, now):
    for place, unit in enumerate(("a", "b")):
        read(send_online, pupils[0], unit, now + timedelta(minutes=5 * place), 4)
    course.change("c", nodes=(node("a"), node("b", is_available=False)))
    pipeline.process_changes(now=now)
    assert set(UnitTransition.objects.values_list("from_unit_key", "to_unit_key")) == {("", "a")}


def test_a_view_in_two_tabs_at_once_is_in_the_hours_once(pupils, send_online, now):
    for unit in ("a", "b"):
        send_online(pupils[0], progress(now, unit, [[0, MINUTE]], view=uuid.uuid4()))
    pipeline.process_changes(now=now)
    assert CourseHour.objects.get().active_ms == MINUTE
