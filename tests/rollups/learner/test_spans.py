"""Arithmetic of spans, against counting every millisecond."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.exceptions import InvalidSpan
from tracking.rollups.learner import spans

edges = st.integers(0, 60)
some_spans = st.lists(st.tuples(edges, edges).map(lambda pair: (min(pair), max(pair))), max_size=8)


def covered(some):
    return {moment for start, end in some for moment in range(start, end)}


@given(some_spans)
def test_the_union_covers_each_millisecond_once(some):
    assert spans.total(some) == len(covered(some))


@given(some_spans)
def test_the_union_is_disjoint_and_ascending(some):
    merged = spans.union(some)
    assert covered(merged) == covered(some)
    assert all(first[1] < second[0] for first, second in pairwise(merged))


@given(some_spans, st.tuples(edges, edges).map(lambda pair: (min(pair), max(pair))))
def test_clipping_keeps_what_lies_in_the_window(some, window):
    assert covered(spans.clip(some, window)) == covered(some) & covered([window])


def test_a_span_that_ends_before_it_starts_is_refused():
    with pytest.raises(InvalidSpan, match=r"\(5, 4\)"):
        spans.union([(5, 4)])
