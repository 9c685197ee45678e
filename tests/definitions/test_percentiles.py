"""Quantiles, against the standard library."""

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.definitions import percentiles


@given(st.lists(st.integers(0, 10_000), min_size=1))
def test_the_median_is_the_median(numbers):
    assert percentiles.quantile(sorted(numbers), 0.5) == pytest.approx(statistics.median(numbers))


@given(st.lists(st.integers(0, 10_000), min_size=2))
def test_the_ninth_decile_is_that_of_type_seven(numbers):
    expected = statistics.quantiles(numbers, n=10, method="inclusive")[8]
    assert percentiles.quantile(sorted(numbers), 0.9) == pytest.approx(expected)


def test_one_number_is_every_quantile_of_itself():
    assert percentiles.quantile([7], 0.9) == 7.0
