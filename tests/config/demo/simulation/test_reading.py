from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from config.demo.simulation import reading
from config.demo.simulation.reading import ReadingPattern, Report, ViewedPage

AT = datetime(2026, 9, 7, 18, tzinfo=UTC)

sittings = st.builds(
    ReadingPattern,
    active_seconds=st.floats(0, 7200),
    scroll=st.integers(0, 100),
    wanders=st.floats(0, 1),
    media_share=st.floats(0, 1),
)


def sit(seed: int, sitting: ReadingPattern) -> ViewedPage:
    return reading.view_page(Random(seed), "/lesson/", AT, sitting)


def is_true(report: Report) -> bool:
    """Whether a tracker could report so: spans in order and apart, and no counter more than time allows."""
    in_order = all(begin < end for begin, end in report.spans)
    apart = all(first[1] <= second[0] for first, second in pairwise(report.spans))
    covered = sum(end - begin for begin, end in report.spans)
    return (
        in_order
        and apart
        and covered == report.active <= report.visible <= report.elapsed
        and report.spans[-1][1] <= report.elapsed
        and report.media <= report.active
    )


@given(st.integers(), sittings)
def test_every_report_says_what_can_be_true(seed, sitting):
    assert [report for report in sit(seed, sitting).reports if not is_true(report)] == []


@given(st.integers(), sittings)
def test_counters_only_rise(seed, sitting):
    reports = sit(seed, sitting).reports
    for name in ("elapsed", "active", "visible", "media", "scroll"):
        values = [getattr(report, name) for report in reports]
        assert values == sorted(values)


@given(st.integers(), st.floats(60, 3600))
def test_all_of_the_time_is_in_the_last_report(seed, seconds):
    assert sit(seed, ReadingPattern(active_seconds=seconds)).reports[-1].active == round(seconds * 1000)


@given(st.integers(), sittings)
def test_a_page_left_open_is_in_sight_longer_and_read_no_longer(seed, sitting):
    page = sit(seed, sitting)
    left = reading.leave_open(page, timedelta(hours=9))
    before, after = page.reports[-1], left.reports[-1]
    nine_hours = 9 * 3600 * 1000
    assert (after.elapsed - before.elapsed, after.visible - before.visible) == (nine_hours, nine_hours)
    assert (after.active, after.spans) == (before.active, before.spans)


@given(st.integers(), st.floats(120, 3600), st.floats(0, 0.9), st.floats(10, 300))
def test_nobody_reads_two_tabs_at_once(seed, seconds, share, aside):
    page = sit(seed, ReadingPattern(active_seconds=seconds))
    beside = reading.view_page(
        Random(seed), "/other/", AT + timedelta(seconds=seconds * share), ReadingPattern(active_seconds=aside)
    )
    hidden = reading.hide_during(page, beside)
    assert [report for report in hidden.reports if not is_true(report)] == []
    assert hidden.reports[-1].active == page.reports[-1].active
    away = (
        (beside.opened_at - AT) // timedelta(milliseconds=1),
        (beside.closed_at - AT) // timedelta(milliseconds=1),
    )
    assert [
        span for span in hidden.reports[-1].spans if span[0] < away[0] - 1 and span[1] > away[0] + 1
    ] == []
    assert [span for span in hidden.reports[-1].spans if away[0] + 1 < span[1] < away[1] - 1] == []
