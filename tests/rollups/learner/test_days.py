"""Cutting views into days."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from tracking.rollups.learner import days, spans
from tracking.rollups.learner.days import DayFacts
from tracking.rollups.learner.page_views import PageViewFacts, RawEvent

BERLIN = ZoneInfo("Europe/Berlin")


def view(opened_at, minutes, unit_key="a", **fields):
    start = round(opened_at.timestamp() * 1000)
    return PageViewFacts(
        id=UUID(int=1),
        unit_key=unit_key,
        visit_id=None,
        opened_at=opened_at,
        last_at=opened_at + timedelta(minutes=minutes),
        spans=((start, start + minutes * 60_000),),
        visible_ms=minutes * 60_000,
        **fields,
    )


def test_a_view_over_midnight_is_split_where_the_day_ends_in_the_course_zone():
    late = view(datetime(2026, 1, 10, 22, 50, tzinfo=UTC), 30)  # 23:50 in Berlin
    first, second = days.fold_days([late], [], zone=BERLIN)
    assert [first.day, second.day] == [date(2026, 1, 10), date(2026, 1, 11)]
    assert (first.units["a"].active_ms, first.opened) == (10 * 60_000, [late])
    assert (second.units["a"].active_ms, second.opened) == (20 * 60_000, [])


def test_two_units_at_once_count_once_for_the_course_and_fully_for_each_unit():
    start = datetime(2026, 1, 10, 9, tzinfo=UTC)
    both = [view(start, 10, "a"), view(start + timedelta(minutes=5), 10, "b")]
    (day,) = days.fold_days(both, [], zone=UTC)
    assert spans.disjoint_ms(day.active) == 15 * 60_000
    assert {key: facts.active_ms for key, facts in day.units.items()} == {"a": 600_000, "b": 600_000}


def test_only_wanted_days_are_folded():
    late = view(datetime(2026, 1, 10, 22, 50, tzinfo=UTC), 120)
    folded = days.fold_days([late], [], zone=UTC, is_wanted=date(2026, 1, 11).__eq__)
    assert [day.day for day in folded] == [date(2026, 1, 11)]


def test_accesses_and_completions_are_counted_without_any_time():
    at = datetime(2026, 1, 10, 9, tzinfo=UTC)
    others = [
        RawEvent(
            id=UUID(int=number),
            unit_key="a",
            kind=kind,
            happened_at=at,
            view_id=None,
            visit_id=None,
            sequence=0,
            received_at=at,
            source="server",
            payload=payload,
        )
        for number, (kind, payload) in enumerate([("unit.accessed", {"count": 4}), ("unit.completed", {})])
    ]
    (day,) = days.fold_days([], others, zone=UTC)
    assert day.units == {
        "a": DayFacts(
            active_ms=0,
            visible_ms=0,
            media_ms=0,
            estimated_ms=0,
            reported_later_ms=0,
            view_count=0,
            access_count=4,
            scroll_percent=0,
            is_completed=True,
            first_at=at,
            last_at=at,
        )
    }


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)]
)
def test_a_day_has_the_hours_that_the_zone_gives_it(day, hours):
    start, end = days.day_bounds(day, BERLIN)
    assert end - start == timedelta(hours=hours)


def test_a_utc_day_overlaps_two_days_elsewhere():
    assert days.local_days_of_utc_day(date(2026, 1, 10), BERLIN) == [date(2026, 1, 10), date(2026, 1, 11)]
    assert days.local_days_of_utc_day(date(2026, 1, 10), UTC) == [date(2026, 1, 10)]
