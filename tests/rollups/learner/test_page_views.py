"""Folding raw events to views."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.rollups.learner import page_views
from tracking.rollups.learner.page_views import PageViewFacts, RawEvent

START = datetime(2026, 3, 11, 12, tzinfo=UTC)
START_MS = round(START.timestamp() * 1000)
VIEW = UUID(int=1)
VISIT = UUID(int=2)


def raw(
    kind,
    seconds=0.0,
    *,
    view_id=VIEW,
    payload=None,
    sequence=0,
    unit_key="a",
    source="browser",
    received_after=0,
):
    return RawEvent(
        id=uuid4(),
        unit_key=unit_key,
        kind=kind,
        happened_at=START + timedelta(seconds=seconds),
        view_id=view_id,
        visit_id=VISIT,
        sequence=sequence,
        received_at=START + timedelta(seconds=seconds + received_after),
        source=source if view_id else "server",
        payload=payload or {},
    )


def beat(seconds, spans, **payload):
    return raw(
        "page.progress",
        seconds,
        sequence=round(seconds),
        payload={
            "elapsed": round(seconds * 1000),
            "active": sum(end - start for start, end in spans),
            "visible": round(seconds * 1000),
            "media": 0,
            "scroll": 50,
            "spans": spans,
        }
        | payload,
    )


OPENED = raw("page.opened")
BEATS = [
    beat(15, [[0, 15_000]]),
    beat(30, [[0, 30_000]]),
    beat(90, [[0, 30_000], [80_000, 90_000]], scroll=100),
]
WHOLE = PageViewFacts(
    id=VIEW,
    unit_key="a",
    visit_id=VISIT,
    opened_at=START,
    last_at=START + timedelta(seconds=90),
    spans=((START_MS, START_MS + 30_000), (START_MS + 80_000, START_MS + 90_000)),
    visible_ms=90_000,
    scroll_percent=100,
)


@given(st.permutations([OPENED, *BEATS, *BEATS]))
def test_repeated_and_reordered_messages_change_nothing(messages):
    assert page_views.fold_page_views(messages) == [WHOLE]


@given(st.sets(st.sampled_from([1, 2])))
def test_the_last_message_says_it_all_once_the_opening_has_arrived(lost):
    assert page_views.fold_page_views(
        [event for index, event in enumerate([OPENED, *BEATS]) if index not in lost]
    ) == [WHOLE]


def test_a_view_that_never_reported_counts_no_time():
    assert page_views.fold_page_views([OPENED]) == [
        PageViewFacts(id=VIEW, unit_key="a", visit_id=VISIT, opened_at=START, last_at=START)
    ]


def test_visible_time_is_never_less_than_active_time():
    facts = page_views.fold_page_views([OPENED, beat(15, [[0, 10_000]], visible=1_000)])[0]
    assert (facts.active_ms, facts.visible_ms) == (10_000, 10_000)


def test_an_opening_without_a_browser_is_estimated_by_the_gap_to_the_next_event():
    alone = raw("page.opened", 0, view_id=None)
    later = raw("page.opened", 240, view_id=None, unit_key="b")
    assert [
        (view.unit_key, view.estimated_ms, view.active_ms, view.is_measured)
        for view in page_views.fold_page_views([alone, later])
    ] == [
        ("a", 240_000, 0, False),
        ("b", 0, 0, False),
    ]


@pytest.mark.parametrize(("part_at", "estimated_ms"), [(5, 0), (40, 20_000)])
def test_a_part_that_a_measured_page_loads_has_no_time_of_its_own(part_at, estimated_ms):
    part = raw("page.opened", part_at, view_id=None, unit_key="part")
    after = raw("page.opened", 60, view_id=None, unit_key="next")
    views = page_views.fold_page_views([OPENED, beat(15, [[0, 15_000]]), part, after])
    found = {view.unit_key: (view.active_ms, view.estimated_ms) for view in views}
    assert (found["a"], found["part"]) == ((15_000, 0), (0, estimated_ms))


@pytest.mark.parametrize(("seconds", "estimated_ms"), [(1800, 1_800_000), (1801, 0)])
def test_an_opening_after_which_the_visit_ended_is_estimated_at_nothing(seconds, estimated_ms):
    events = [raw("page.opened", 0, view_id=None), raw("page.opened", seconds, view_id=None)]
    assert page_views.fold_page_views(events)[0].estimated_ms == estimated_ms


def test_the_servers_record_of_a_measured_opening_is_not_a_view_of_its_own():
    server = raw("page.opened", -1, view_id=None)
    assert page_views.fold_page_views([server, OPENED, *BEATS]) == [WHOLE]


def test_the_servers_record_of_another_unit_stays_a_view():
    server = raw("page.opened", -1, view_id=None, unit_key="b")
    assert [view.unit_key for view in page_views.fold_page_views([server, OPENED, *BEATS])] == ["b", "a"]
