"""Where our part goes in a page that comes in pieces."""

import itertools

import pytest
from django.http import StreamingHttpResponse
from hypothesis import given
from hypothesis import strategies as st

from tracking.hooks import injection

PART = "<script data-tracking-unit></script>"


def streamed(content: bytes, cuts=(), *, is_placed=lambda: False):
    places = [0, *sorted(cuts), len(content)]
    chunks = [content[start:end] for start, end in itertools.pairwise(places)]
    response = StreamingHttpResponse(chunks)
    injection.inject_snippet(response, PART, is_placed=is_placed)
    return b"".join(response)


@given(st.lists(st.integers(0, 26)))
def test_the_end_of_the_body_is_found_however_the_page_is_cut(cuts):
    assert streamed(b"<html><BODY>text</BODY></html>", cuts) == (
        b"<html><BODY>text" + PART.encode() + b"</BODY></html>"
    )


@given(st.lists(st.integers(0, 30)))
def test_a_part_that_is_there_is_seen_however_the_page_is_cut(cuts):
    page = b"<body><i data-tracking-unit></i></body>"

    assert streamed(page, cuts) == page


@pytest.mark.parametrize("page", [b"", b"<p>a fragment</p>", b"cut short </bod", b"<body> data-track"])
def test_what_has_no_end_of_a_body_comes_out_whole(page):
    assert streamed(page) == page


def test_a_chunk_goes_out_before_the_next_one_comes():
    asked = []

    def chunks():
        for chunk in (b"<body>first", b"second</body>"):
            asked.append(chunk)
            yield chunk

    response = StreamingHttpResponse(chunks())
    injection.inject_snippet(response, PART, is_placed=lambda: False)

    assert next(iter(response)) == b"<body>first"
    assert asked == [b"<body>first"]
