"""The package is written in plain English: it has none of the synonyms that the glossary forbids.

Only words that are wrong in every sense are refused here. Whether a word fits that is right for another idea
(``mark``, ``record``, ``item``) is for the reader of a change to judge.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.catalogues import HOMES

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "tracking"

REFUSED_NAMES = frozenset(
    {
        "anew", "beside", "concern", "concerns", "deed", "deeds", "exempt", "fewest", "fought", "holding", "holdings",
        "intake", "middle", "nobody", "quartet", "reckon", "refusal", "refusals", "situation", "situations",
        "somebody", "stories", "story", "tell", "tells", "told", "whoever",
    }
)  # fmt: skip
"""Words of which no name is made."""

PROTOCOLS = frozenset({"tell"})
"""Names that a protocol of Python demands: a file has a method ``tell``."""

REFUSED_TEXT = re.compile(
    r"\b(deeds?|told|tells?|beside|somebody|nobody|whoever|everybody|of whom|anew|reckon(?:s|ed)?|unless given"
    r"|all the same"
    r"|in the middle|as good as|roll-ups?|intake|passed over|left behind|fought|quartet|handed in|taken back|put off"
    r"|exempt(?:ed|s)?)\b",
    re.IGNORECASE,
)


def modules() -> list[Path]:
    return [path for path in sorted(PACKAGE.rglob("*.py")) if "migrations" not in path.parts]


def words_of(name: str) -> list[str]:
    """Return the words of an identifier in snake or camel case, in lower case."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


def names_in(path: Path) -> Iterator[str]:
    """Yield what a module calls its functions, classes, parameters and variables, and the module's own name."""
    yield path.stem
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.alias) and node.asname:
            yield node.asname


def prose_in(path: Path) -> Iterator[str]:
    """Yield the docstrings, other strings and comments of a module."""
    for token in tokenize.generate_tokens(io.StringIO(path.read_text()).readline):
        if token.type in (tokenize.STRING, tokenize.COMMENT):
            yield token.string


@pytest.mark.once
def test_no_name_is_made_of_a_word_that_the_glossary_refuses() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules()
        for name in names_in(path)
        if name not in PROTOCOLS and REFUSED_NAMES & set(words_of(name))
    }
    assert sorted(found) == []


@pytest.mark.once
def test_no_docstring_comment_or_message_has_a_word_that_the_glossary_refuses() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in modules()
        for text in prose_in(path)
        if (match := REFUSED_TEXT.search(text))
    }
    assert sorted(found) == []


@pytest.mark.once
def test_no_string_for_people_has_a_word_that_the_glossary_refuses() -> None:
    found = {
        message.singular
        for home in HOMES
        for message in home.sources()
        if REFUSED_TEXT.search(message.singular) or REFUSED_TEXT.search(message.plural)
    }
    assert sorted(found) == []


@pytest.mark.once
def test_no_folder_has_more_modules_than_fit_on_a_screen() -> None:
    rooms = [path for path in [PACKAGE, *PACKAGE.rglob("*")] if path.is_dir() and path.name != "migrations"]
    crowded = {str(room.relative_to(ROOT)): len(list(room.glob("*.py"))) for room in rooms}
    assert {room: count for room, count in crowded.items() if count > 26} == {}
