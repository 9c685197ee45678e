"""When learners are at work, and which way they go: of a day, and added up."""

import uuid
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from tracking.rollups.learner import patterns, spans
from tracking.rollups.learner.page_views import PageViewFacts

NOON = datetime(2026, 3, 11, 12, tzinfo=UTC)
HALF_HOUR_OFF = ZoneInfo("Asia/Kolkata")
MINUTE = 60_000


def ms(at):
    return round(at.timestamp() * 1000)


def view(unit, minute, minutes=1):
    opened_at = NOON + timedelta(minutes=minute)
    return PageViewFacts(
        id=uuid.uuid4(),
        unit_key=unit,
        visit_id=None,
        opened_at=opened_at,
        last_at=opened_at + timedelta(minutes=minutes),
    )


def test_a_span_over_the_full_hour_is_in_both_hours():
    start = ms(NOON) - 10 * MINUTE
    hours = patterns.hours_of_day([(start, start + 30 * MINUTE)], [NOON], UTC)
    assert hours == {"11": [10 * MINUTE, 0], "12": [20 * MINUTE, 1]}


def test_hours_are_those_of_the_courses_clock():
    start = ms(NOON)
    hours = patterns.hours_of_day([(start, start + 60 * MINUTE)], [NOON], HALF_HOUR_OFF)
    assert hours == {"17": [30 * MINUTE, 1], "18": [30 * MINUTE, 0]}


def test_the_hour_that_comes_twice_in_autumn_is_one_hour():
    berlin = ZoneInfo("Europe/Berlin")
    start = ms(datetime(2026, 10, 25, 0, tzinfo=UTC))
    assert patterns.hours_of_day([(start, start + 120 * MINUTE)], [], berlin) == {"2": [120 * MINUTE, 0]}


@given(
    st.lists(
        st.tuples(st.integers(0, 86_400_000), st.integers(1, 10_000_000)).map(
            lambda pair: (ms(NOON) + pair[0], ms(NOON) + sum(pair))
        ),
        max_size=5,
    )
)
def test_the_hours_of_a_day_add_up_to_its_active_time(given_spans):
    merged = spans.union(given_spans)
    hours = patterns.hours_of_day(merged, [], HALF_HOUR_OFF)
    assert sum(active for active, _ in hours.values()) == spans.total(merged)


def test_a_visit_begins_and_ends_outside_and_the_same_unit_again_is_no_step():
    opened = [view("a", 0), view("b", 2), view("b", 4), view("a", 6), view("b", 8)]
    assert patterns.transitions_of_day(opened) == {"": {"a": 1}, "a": {"b": 2}, "b": {"a": 1, "": 1}}


def test_half_an_hour_without_a_sign_ends_a_visit_and_a_long_view_does_not():
    assert patterns.transitions_of_day([view("a", 0, 40), view("b", 60)]) == {
        "": {"a": 1},
        "a": {"b": 1},
        "b": {"": 1},
    }
    assert patterns.transitions_of_day([view("a", 0), view("b", 60)]) == {
        "": {"a": 1, "b": 1},
        "a": {"": 1},
        "b": {"": 1},
    }


def test_days_add_up_to_hours_of_the_week_and_what_is_taken_off_leaves_no_trace():
    wednesday = date(2026, 3, 11)
    week: patterns.Hours = {}
    patterns.add_hours(week, wednesday, {"12": [5, 1]})
    patterns.add_hours(week, wednesday + timedelta(days=7), {"12": [7, 2], "9": [0, 1]})
    assert week == {"57": [0, 1], "60": [12, 3]}
    patterns.add_hours(week, wednesday, {"12": [7, 2], "9": [0, 1]}, sign=-1)
    assert week == {"60": [5, 1]}


def test_steps_add_up_and_what_is_taken_off_leaves_no_trace():
    total = {"": {"a": 1}}
    patterns.add_transitions(total, {"": {"a": 2, "b": 1}, "a": {"b": 1}})
    assert total == {"": {"a": 3, "b": 1}, "a": {"b": 1}}
    patterns.add_transitions(total, {"": {"a": 1}, "a": {"b": 1}}, sign=-1)
    assert total == {"": {"a": 2, "b": 1}}
