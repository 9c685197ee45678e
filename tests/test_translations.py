"""Every string in every language: translated, with its figures in it, and compiled."""

from __future__ import annotations

import gettext
import re

import pytest
from django.utils import translation

from tests import catalogues
from tests.catalogues import Home
from tracking.findings import rules

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


@pytest.mark.parametrize(
    ("language", "count", "expected"),
    [
        ("es", 1, "1 activo esta semana"),
        ("es", 2, "2 activos esta semana"),
        ("ar", 11, "11 نشطًا هذا الأسبوع"),
    ],
)
def test_who_is_active_agrees_with_how_many_they_are(language: str, count: int, expected: str) -> None:
    """An instructor read "1 activos esta semana"."""
    text = "%(count)s active this week"
    with translation.override(language):
        assert translation.ngettext(text, text, count) % {"count": count} == expected


@pytest.mark.parametrize(
    "reason", ["often_skipped", "hard_quiz", "hard_lesson", "low_mastery", "wheel_spinning"]
)
def test_a_finding_in_arabic_has_no_noun_after_a_figure_that_it_would_have_to_agree_with(reason: str) -> None:
    """Of 40 learners a finding said "40 متعلمين", which is right for 3 to 10 only."""
    with translation.override("ar"):
        said = str(rules.BY_REASON[reason].to_instructor)
    assert not re.search(r"\)s (متعلمين|أجوبة)", said)


def test_the_middle_of_a_class_is_not_half_of_it_in_spanish() -> None:
    """A note said that half of the class counts, where the median was meant."""
    with translation.override("es"):
        said = [translation.gettext(each) for each in ("Median", "Class median")]
    assert said == ["Mediana", "Mediana de la clase"]
