"""The rules of others are told as they are, so that the comparison with them is fair."""

import pytest

from benchmarks.time_accuracy import rules
from benchmarks.time_accuracy.rules import Tick


def ticks(*times: float, is_visible: bool = True) -> list[Tick]:
    return [Tick(at, is_visible) for at in times]


@pytest.mark.parametrize(
    ("page_views", "seconds"),
    [
        ([], 0),
        ([1000], 0),
        ([1000, 1119], 0),
        ([1000, 1120], 120),
        ([1000, 1599], 599),
        ([1000, 1600], 0),
        ([1000, 1600, 1750], 150),
    ],
)
def test_canvas_counts_a_gap_of_two_to_ten_minutes_whole(page_views: list[float], seconds: float) -> None:
    assert rules.canvas(page_views) == seconds


def test_canvas_measures_a_gap_from_the_last_view_that_it_noted() -> None:
    assert rules.canvas([0, 50, 100, 150, 200]) == 150


def test_moodle_counts_from_the_first_click_to_the_last() -> None:
    assert rules.moodle_dedication([100, 700, 400]) == 600


def test_moodle_ends_a_session_where_no_click_follows_for_over_an_hour() -> None:
    assert rules.moodle_dedication([0, 60, 3660, 7261, 7300]) == 60 + 3600 + 39


def test_kolibri_adds_up_the_ticks_of_every_tab() -> None:
    assert rules.kolibri([ticks(0, 5, 10), ticks(0, 5, 10, 12)]) == 22


def test_kolibri_drops_a_step_of_over_fifty_seconds() -> None:
    assert rules.kolibri([ticks(0, 5, 55, 106, 110)]) == 59


def test_kolibri_drops_a_step_that_ends_out_of_sight() -> None:
    assert rules.kolibri([[*ticks(0, 5), *ticks(10, is_visible=False), *ticks(15)]]) == 10
