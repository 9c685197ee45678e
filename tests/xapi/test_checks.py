"""The setting TRACKING_XAPI: an option that cannot be meant is answered with one that can."""

import pytest

from tests.checks.reports import ids, report


def test_an_unknown_option_is_answered_with_the_one_that_was_meant(settings):
    settings.TRACKING_XAPI = {"LRS_URI": "https://lrs.example.org"}
    assert report() == [
        ("tracking_xapi.E001", "TRACKING_XAPI has no option 'LRS_URI'.", "Did you mean 'LRS_URL'?")
    ]


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ({"VERSION": "1.0"}, "Set it to '1.0.3' or '2.0.0'."),
        ({"LRS_URL": "lrs.example.org"}, "Set it to a URL that starts with https://."),
        ({"LRS_USER": 7}, "Set it to a string."),
    ],
)
def test_a_value_that_cannot_be_used_is_answered_with_what_can(settings, given, hint):
    settings.TRACKING_XAPI = given
    [(name, value)] = given.items()
    assert report() == [("tracking_xapi.E002", f"TRACKING_XAPI[{name!r}] is {value!r}.", hint)]


def test_the_setting_must_be_a_dict(settings):
    settings.TRACKING_XAPI = ["VERSION"]
    assert ids() == ["tracking_xapi.E002"]


@pytest.mark.parametrize("name", ["XAPI_VERSION", "LRS_URL"])
def test_the_core_has_no_option_of_this_app(settings, name):
    settings.TRACKING = {name: ""}
    assert ids() == ["tracking.E001"]


def test_a_system_that_may_send_statements_needs_a_url_to_send_them_to(settings):
    settings.TRACKING_XAPI = {"LRS_CLIENT_KEY": "moodle"}
    settings.ROOT_URLCONF = "tests.small_host"
    assert "tracking_xapi.W001" in ids()
