"""Each kind of event has its words outside, and each kind of unit its types."""

from tracking import events
from tracking.events import UnitKind
from tracking.xapi import caliper, vocabulary


def test_every_kind_of_event_has_its_verb_or_is_left_out_on_purpose():
    """Whoever adds a kind adds it to ``vocabulary.KINDS``: with a verb and a Caliper type, or with neither."""
    assert {kind.name for kind in events.all_kinds()} == set(vocabulary.KINDS)


def test_no_kind_has_a_caliper_event_without_a_statement():
    assert [kind for kind, words in vocabulary.KINDS.items() if words.caliper and not words.verb] == []


def test_every_caliper_type_says_what_its_event_holds():
    types = {words.caliper for words in vocabulary.KINDS.values()} - {""}
    assert types == set(caliper._BODIES)


def test_every_kind_of_unit_has_a_type_in_xapi_and_in_caliper():
    assert set(UnitKind) == set(vocabulary.TYPES) == set(vocabulary.CALIPER_TYPES)


def test_a_kind_of_the_hosts_own_is_sent_under_the_address_of_the_site(settings):
    settings.TRACKING = {"SITE_URL": "https://lms.example.org"}
    assert vocabulary.is_sent("forum.posted")
    assert vocabulary.kind_verb("forum.posted") == "https://lms.example.org/xapi/verbs/forum.posted"
