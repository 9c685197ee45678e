"""What a browser claims is held to what can be true."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.capture import clamping
from tracking.events import PageProgress

NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)
numbers = st.integers(0, 100_000)


@given(
    st.builds(
        PageProgress,
        elapsed=numbers,
        active=numbers,
        visible=numbers,
        media=numbers,
        spans=st.lists(st.tuples(numbers, numbers), max_size=10).map(tuple),
    )
)
def test_active_is_within_visible_and_visible_within_elapsed(claim):
    bounded = clamping.clamp_progress(claim)
    assert 0 <= bounded.active <= bounded.visible <= bounded.elapsed
    assert bounded.media <= bounded.elapsed
    assert bounded.active == sum(end - start for start, end in bounded.spans)
    assert all(start < end <= bounded.elapsed for start, end in bounded.spans)


def test_an_honest_claim_is_kept_as_it_is():
    claim = PageProgress(
        elapsed=90_000, active=40_000, visible=60_000, scroll=50, spans=((0, 30_000), (80_000, 90_000))
    )
    assert clamping.clamp_progress(claim) == claim


offsets = st.lists(st.integers(0, 50), max_size=8).map(
    lambda all_of: tuple(zip(all_of[::2], all_of[1::2], strict=False))
)


@given(
    spans=offsets | offsets.map(lambda spans: tuple(sorted(spans))),
    more=st.tuples(*[st.integers(-2, 2) | st.just(0)] * 4),
)
def test_a_claim_is_passed_as_it_is_only_where_nothing_of_it_would_be_cut(spans, more):
    """Most claims are honest and are not taken apart; the quick look must agree with the thorough one."""
    active = max(0, sum(end - start for start, end in spans) + more[0])
    visible = max(0, active + more[1])
    elapsed = max(0, visible + more[2])
    claim = PageProgress(
        elapsed=elapsed, active=active, visible=visible, media=max(0, elapsed + more[3]), spans=spans
    )
    assert clamping._is_possible(claim) == (clamping._clamp(claim) == claim)


def test_overlapping_spans_are_counted_once():
    claim = PageProgress(elapsed=50_000, active=50_000, visible=50_000, spans=((0, 30_000), (10_000, 40_000)))
    assert clamping.clamp_progress(claim).active == 40_000


@pytest.mark.parametrize(
    ("sender_is_ahead_by", "expected"),
    [
        (timedelta(hours=3), NOW - timedelta(seconds=10)),
        (-timedelta(hours=3), NOW - timedelta(seconds=10)),
        (timedelta(seconds=1), NOW - timedelta(seconds=9)),
    ],
)
def test_a_wrong_clock_is_put_right_and_a_short_journey_is_not_taken_for_one(sender_is_ahead_by, expected):
    at = NOW - timedelta(seconds=10) + sender_is_ahead_by
    assert clamping.correct_clock(at, sent_at=NOW + sender_is_ahead_by, received_at=NOW) == expected


def test_nothing_happens_more_than_a_minute_ahead():
    at = NOW + timedelta(days=1)
    assert clamping.correct_clock(at, sent_at=NOW, received_at=NOW) == NOW + timedelta(seconds=60)
