"""Every string in every language: translated, with its figures in it, and compiled."""

from __future__ import annotations

import gettext
import re

import pytest
from django.utils import translation

from tests import catalogues
from tests.catalogues import Home

PLACEHOLDER = re.compile(r"%\(\w+\)s|%%")
LANGUAGES = sorted(catalogues.PLURALS)
of_each_home = pytest.mark.parametrize("home", catalogues.HOMES, ids=lambda home: home.name)


@of_each_home
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_string_is_without_a_translation(language: str, home: Home) -> None:
    """``make messages`` puts new strings into the catalogues; then somebody translates them."""
    known = catalogues.read(home, language)
    assert [message.singular for message in home.sources() if not all(known.get(message, ("",)))] == []


@of_each_home
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_keeps_the_figures_of_the_string(language: str, home: Home) -> None:
    for message, translated in catalogues.read(home, language).items():
        wanted = {frozenset(PLACEHOLDER.findall(text)) for text in message[1:] if text}
        for text in translated:
            assert set(PLACEHOLDER.findall(text)) <= set().union(*wanted), text
        assert len(translated) == (catalogues.forms(language) if message.plural else 1), message


@of_each_home
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compiled_is_what_is_written(language: str, home: Home) -> None:
    with home.path_of(language, "mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message, translated in catalogues.read(home, language).items():
        if message.plural:
            assert (
                compiled.ngettext(message.singular, message.plural, 1)
                == translated[1 if language == "ar" else 0]
            )
        elif message.context:
            assert compiled.pgettext(message.context, message.singular) == translated[0]
        else:
            assert compiled.gettext(message.singular) == translated[0]


@pytest.mark.parametrize(
    ("language", "count", "expected"),
    [
        ("de", 1, "vor 1 Tag"),
        ("de", 2, "vor 2 Tagen"),
        ("es", 3, "hace 3 días"),
        ("ar", 3, "قبل 3 أيام"),
        ("ar", 11, "قبل 11 يومًا"),
        ("ar", 100, "قبل 100 يوم"),
    ],
)
def test_plurals_follow_the_language(language: str, count: int, expected: str) -> None:
    with translation.override(language):
        said = translation.ngettext("%(count)s day ago", "%(count)s days ago", count) % {"count": count}
    assert said == expected
