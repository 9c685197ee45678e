import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses import markdown


def test_headings_carry_ids_made_from_their_words():
    html = markdown.render("# One\n\n## One\n\n## One 2\n\n## Größe!\n\n## 💡\n")
    assert re.findall(r"<(h\d) id=\"(.*?)\">", html) == [
        ("h2", "one"),
        ("h2", "one-2"),
        ("h2", "one-2-2"),
        ("h2", "größe"),
        ("h2", "section"),
    ]


@given(st.lists(st.text(alphabet="ab 12-", max_size=6), max_size=12))
def test_no_two_headings_share_an_id(titles):
    ids = re.findall(r' id="(.*?)"', markdown.render("\n\n".join(f"## {title}" for title in titles)))
    assert len(ids) == len(set(ids)) == len(titles)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](data:text/html;base64,AAAA)",
        '<img src=x onerror="alert(1)">',
    ],
)
def test_nothing_that_could_run_gets_through(text):
    assert not re.search(r"<(script|img)|(href|src)=\"(javascript|data)", markdown.render(text))


def test_what_scrolls_sideways_can_be_reached_by_keyboard():
    html = markdown.render("|a|\n|-|\n|1|\n\n```\ncode\n```\n\n    more\n")
    assert html.count('tabindex="0"') == 3
    assert '<div class="scroller" role="region" tabindex="0" aria-label="Table"><table>' in html
    assert "</table></div>" in html


def test_a_line_stands_without_a_paragraph():
    assert markdown.render_line("a `b` <i>") == "a <code>b</code> &lt;i&gt;"
