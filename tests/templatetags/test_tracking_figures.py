"""Figures as people read them."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tracking.templatetags import tracking_formats as figures


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"), (59, "59 s"), (60, "1 min"), (754, "13 min"), (3569, "59 min"), (3599, "1 h"), (3600, "1 h"),
        (3900, "1 h 05 min"), (36_000, "10 h"),
    ],
)  # fmt: skip
def test_a_duration_is_written_as_people_say_it(seconds: int, words: str) -> None:
    assert figures.plain_duration(seconds) == words


def test_a_number_and_its_unit_stay_in_one_line() -> None:
    assert figures.percent(0.625) == '<bdi class="trk-figure">63\u202f%</bdi>'


@pytest.mark.parametrize(("change", "words"), [(0.4, "+40"), (-0.05, "\u22125"), (0.0, "\u00b10")])
def test_a_change_has_a_sign(change: float, words: str) -> None:
    assert figures.percentage_points(change) == f'<bdi class="trk-figure">{words}</bdi>'


@pytest.mark.parametrize(("share", "step"), [(None, 0), (0.0, 0), (0.04, 0), (0.5, 5), (1.0, 10)])
def test_a_share_has_one_of_eleven_shades(share: float | None, step: int) -> None:
    assert figures.heat_level(share) == step


@pytest.mark.parametrize(("number", "whole", "expected"), [(0, 0, 0), (1, 3, 33), (4, 3, 100)])
def test_a_bar_is_never_longer_than_its_ground(number: int, whole: int, expected: int) -> None:
    assert figures.percent_of(number, whole) == expected


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=30), "just now"),
        (timedelta(minutes=4), "4 min ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(days=9), "9 days ago"),
    ],
)
def test_a_recent_moment_is_told_by_its_age(age: timedelta, words: str) -> None:
    assert f">{words}</time>" in figures.time_ago(timezone.now() - age)


def test_an_old_moment_is_told_by_its_date() -> None:
    assert "2020" in figures.time_ago(timezone.now().replace(year=2020, month=5, day=4))


def test_a_day_of_another_year_names_it() -> None:
    assert figures.day(date(2020, 5, 4)) == '<time datetime="2020-05-04">May 4, 2020</time>'
    assert figures.day(timezone.localdate().replace(month=5, day=4)).endswith(">May 4</time>")
