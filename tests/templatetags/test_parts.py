"""Parts that are rendered once for every look are right in every look."""

from django.utils import translation

from tracking.models import UnitState
from tracking.templatetags import tracking_parts


def test_a_state_is_named_in_the_language_of_whoever_reads_it():
    marks = {}
    for language in ("en", "de", "en", "de"):
        with translation.override(language):
            marks[language] = tracking_parts.state_badge(UnitState.SKIPPED)
            assert str(UnitState.SKIPPED.label) in marks[language]
    assert marks["en"] != marks["de"]


def test_two_states_do_not_share_a_mark():
    assert tracking_parts.state_badge(UnitState.SKIPPED) != tracking_parts.state_badge(UnitState.COMPLETED)


def test_whoever_writes_a_template_of_their_own_sees_it_at_once(settings, tmp_path):
    before = tracking_parts.icon("arrow")
    settings.DEBUG = True
    own = tmp_path / "tracking" / "elements" / "icon.html"
    own.parent.mkdir(parents=True)
    own.write_text("ours")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    assert "<svg" in before
    assert tracking_parts.icon("arrow") == "ours"
