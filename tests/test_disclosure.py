"""No figure about fewer than five people, neither shown nor to be had by difference."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.disclosure import is_small, showable


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
