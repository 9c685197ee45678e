"""Which time of a page view the server bears out."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from tracking.rollups.learner import page_views, spans
from tracking.rollups.learner.page_views import RawEvent

START = datetime(2026, 3, 11, 12, tzinfo=UTC)
MINUTE, HOUR = 60, 3600
VIEW = UUID(int=1)


def message(kind, seconds, *, received, view=VIEW, source="browser", payload=None):
    return RawEvent(
        happened_at=START + timedelta(seconds=seconds),
        id=uuid4(),
        unit_key="a",
        kind=kind,
        view_id=view,
        visit_id=None,
        sequence=int(max(seconds, 0)),
        received_at=START + timedelta(seconds=seconds if received is None else received),
        source=source,
        payload=payload or {},
    )


def opened(seconds=0, *, received=None, **fields):
    return message("page.opened", seconds, received=received, **fields)


def served(seconds=0):
    return opened(seconds, view=None, source="server")


def active(seconds, *, received=None, elapsed=None, **fields):
    """Say that the whole view was active until ``seconds``."""
    milliseconds = 1000 * (seconds if elapsed is None else elapsed)
    payload = {
        "elapsed": milliseconds,
        "active": milliseconds,
        "visible": milliseconds,
        "media": milliseconds,
        "scroll": 100,
        "spans": [[0, milliseconds]],
    }
    return message("page.progress", seconds, received=received, payload=payload, **fields)


def fold(*messages):
    (view,) = [view for view in page_views.fold_page_views(messages) if view.is_measured]
    return view


def measured(*messages):
    """Return the seconds that were measured, and those that were reported later."""
    view = fold(*messages)
    return view.active_ms // 1000, spans.disjoint_ms(view.late_spans) // 1000


def test_time_between_an_opening_and_a_message_that_arrive_at_once_is_measured():
    assert measured(opened(), active(600)) == (600, 0)


def test_a_page_that_the_server_sent_is_witnessed_though_its_first_message_is_lost():
    assert measured(served(), active(600)) == (600, 0)


def test_a_page_that_the_server_sent_another_time_witnesses_nothing():
    assert not fold(served(-HOUR), active(600)).is_witnessed


def test_an_opening_that_nobody_witnessed_has_no_time_and_says_what_it_claims():
    view = fold(opened(received=2 * HOUR), active(600, received=2 * HOUR))
    assert (view.is_witnessed, view.active_ms, view.visible_ms, view.media_ms, view.scroll_percent) == (
        False, 0, 0, 0, 0,
    )  # fmt: skip
    assert spans.disjoint_ms(view.late_spans) == 600_000


def test_a_whole_view_in_one_request_is_worth_no_more_than_its_journey():
    assert measured(opened(-100, received=0), active(0, elapsed=100)) == (2, 0)
    assert fold(opened(-100, received=0), active(0, elapsed=100)).visible_ms <= 2000


def test_time_before_the_opening_arrived_cannot_be_claimed_afterwards():
    assert not fold(opened(), active(60, elapsed=24 * HOUR)).is_witnessed


def test_what_a_browser_did_offline_is_reported_later():
    messages = [opened(), active(MINUTE), active(3 * HOUR, received=5 * HOUR)]
    assert measured(*messages) == (MINUTE, 3 * HOUR - MINUTE)


def test_a_tab_that_was_offline_for_hours_and_is_back_has_reported_that_later():
    assert measured(opened(), active(MINUTE), active(3 * HOUR)) == (MINUTE + 2, 3 * HOUR - MINUTE - 2)


def test_what_was_reported_later_ends_when_the_browser_was_back():
    claim = active(3 * HOUR, received=HOUR)
    measured_seconds, later_seconds = measured(opened(), active(MINUTE), claim)
    assert measured_seconds + later_seconds <= HOUR + 2


def test_messages_that_get_lost_for_a_quarter_of_an_hour_cost_nothing():
    assert measured(opened(), active(15), active(15 * MINUTE)) == (15 * MINUTE, 0)


@pytest.mark.parametrize("seconds", [30 * MINUTE, 30 * MINUTE + 3])
def test_time_in_a_silence_of_more_than_half_an_hour_is_not_measured(seconds):
    is_long = seconds > 30 * MINUTE
    assert measured(opened(), active(seconds))[1] == (seconds - 2 if is_long else 0)


def test_messages_of_the_platform_itself_need_no_witness():
    assert measured(active(HOUR, source="server")) == (HOUR, 0)


def test_an_opening_that_a_learner_dates_themselves_is_worth_no_estimate():
    mine = opened(view=None, source="browser")
    later = opened(600, view=None, source="browser")
    assert [view.estimated_ms for view in page_views.fold_page_views([mine, later])] == [0, 0]
