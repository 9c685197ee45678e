"""Keys in addresses."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tracking.dashboards.converters import KeyConverter

keys = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
converter = KeyConverter()


@given(keys)
@example("")
@example(".")
@example("..")
@example("course/a b~2F%2F?#ä漢")
@example("~")
def test_any_key_comes_back_from_one_segment_of_a_path(key: str) -> None:
    segment = converter.to_url(key)
    assert re.fullmatch(converter.regex, segment)
    assert segment not in {".", ".."}
    assert converter.to_python(segment) == key


@given(keys, keys)
def test_two_keys_never_share_a_spelling(one: str, other: str) -> None:
    assert (converter.to_url(one) == converter.to_url(other)) == (one == other)


def test_an_ordinary_key_stays_readable() -> None:
    assert converter.to_url("reading-data_2.1") == "reading-data_2.1"


@pytest.mark.parametrize("segment", ["~61", "a~", "~2f", "~FF", "~~", "..", "a~E4b"])
def test_a_spelling_that_we_never_write_is_no_key(segment: str) -> None:
    with pytest.raises(ValueError, match=r"not a key|codec can't decode"):
        converter.to_python(segment)
