"""Render Markdown as safe HTML: raw HTML appears as text, and URLs that could run code are not linked."""

from collections.abc import Sequence
from itertools import chain, count, pairwise
from typing import Any

from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token


def render(text: str) -> SafeString:
    """Return ``text`` as HTML. Each heading has an id that is made from its text and unique within ``text``.

    The page itself has the heading of level one, so a heading of level one becomes one of level two.
    """
    return SafeString(_PARSER.render(text))


def render_line(text: str) -> SafeString:
    """Return one line of ``text`` as HTML without a paragraph around it."""
    return SafeString(_PARSER.renderInline(text))


def _name_headings(state: StateCore) -> None:
    taken: set[str] = set()
    for token, content in pairwise(state.tokens):
        if token.type == "heading_open":
            name = slugify(content.content, allow_unicode=True) or "section"
            numbered = (f"{name}-{number}" for number in count(2))
            unique = next(candidate for candidate in chain([name], numbered) if candidate not in taken)
            taken.add(unique)
            token.attrSet("id", unique)


def _lower_first_level(state: StateCore) -> None:
    for token in state.tokens:
        if token.tag == "h1":
            token.tag = "h2"


# A wide table or line of code scrolls within the page on a phone; without a tab stop, a keyboard cannot scroll it.
def _open_table(renderer: RendererHTML, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:
    return f'<div class="scroller" role="region" tabindex="0" aria-label="{_("Table")}"><table>\n'


def _close_table(renderer: RendererHTML, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:
    return "</table></div>\n"


def _fence(renderer: RendererHTML, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:
    return RendererHTML.fence(renderer, tokens, i, options, env).replace("<pre>", '<pre tabindex="0">', 1)


def _code_block(renderer: RendererHTML, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:
    return RendererHTML.code_block(renderer, tokens, i, options, env).replace(
        "<pre>", '<pre tabindex="0">', 1
    )


def _make_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.core.ruler.push("lower_first_level", _lower_first_level)
    parser.core.ruler.push("name_headings", _name_headings)
    parser.add_render_rule("table_open", _open_table)
    parser.add_render_rule("table_close", _close_table)
    parser.add_render_rule("fence", _fence)
    parser.add_render_rule("code_block", _code_block)
    return parser


_PARSER = _make_parser()
