"""An option that cannot be meant is answered with one that can."""

import pytest

from tests.checks.reports import ids, report


def test_the_project_as_it_is_has_nothing_to_report():
    assert report() == []


def test_an_unknown_option_is_answered_with_the_one_that_was_meant(settings):
    settings.TRACKING = {"IDLE_SECOND": 30}

    assert report() == [
        ("tracking.E001", "TRACKING has no option 'IDLE_SECOND'.", "Did you mean 'IDLE_SECONDS'?")
    ]


def test_an_option_like_no_other_is_answered_with_all_there_are(settings):
    settings.TRACKING = {"COLOUR": "red"}

    [(found_id, _, hint)] = report()
    assert found_id == "tracking.E001"
    assert hint.startswith("The options are ENABLED, ADAPTER, ")


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ({"IDLE_SECONDS": "60"}, "Set it to a whole number."),
        ({"IDLE_SECONDS": True}, "Set it to a whole number."),
        ({"IDLE_SECONDS": 0}, "Set it to 1 or more."),
        ({"ENGAGED_SECONDS": -1}, "Set it to 0 or more."),
        ({"SKIMMED_SHARE": 20}, "Set it to a number from 0 to 1."),
        ({"END_REACHED_PERCENT": 101}, "Set it to a whole number from 0 to 100."),
        ({"INJECT_SCRIPT": 1}, "Set it to True or False."),
        ({"BASE_TEMPLATE": None}, "Set it to a string."),
        ({"ON_USER_DELETION": "keep"}, "Set it to 'erase' or 'pseudonymise'."),
        ({"SITE_URL": "lms.example.org"}, "Set it to a URL that starts with https://."),
        (
            {"NOTICE_PURPOSES": ("record",)},
            "Set it to a tuple with any of engagement, nudges, comparison.",
        ),
        ({"DISABLED_REASONS": "skipped"}, "Set it to a tuple of strings."),
        (
            {"NOTICE_PURPOSES": "nudges"},
            "Set it to a tuple with any of engagement, nudges, comparison.",
        ),
    ],
)
def test_a_value_that_cannot_be_used_is_answered_with_what_can(settings, given, hint):
    settings.TRACKING = given

    [(name, value)] = given.items()
    assert report() == [("tracking.E002", f"TRACKING[{name!r}] is {value!r}.", hint)]


def test_a_reason_that_does_not_exist_cannot_be_switched_off(settings):
    settings.TRACKING = {"DISABLED_REASONS": ("long_tme", "skipped")}
    message = "TRACKING['DISABLED_REASONS'] names 'long_tme', which is not a reason."
    assert report() == [("tracking.E002", message, "Did you mean 'long_time'?")]


@pytest.mark.parametrize(
    "given", [{"SKIMMED_SHARE": 1}, {"ENGAGED_SECONDS": 0}, {"END_REACHED_PERCENT": 100}, {"IDLE_SECONDS": 1}]
)
def test_the_ends_of_a_range_can_be_used(settings, given):
    settings.TRACKING = given

    assert report() == []


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"RAW_EVENT_DAYS": 39}, ["tracking.W004"]),
        ({"RECORD_EVENT_DAYS": 39}, ["tracking.W004"]),
        ({"RAW_EVENT_DAYS": 40}, []),
        ({"RAW_EVENT_DAYS": 0}, []),
        ({"RAW_EVENT_DAYS": 30, "QUARANTINE_DAYS": 20}, []),
        ({"RAW_EVENT_DAYS": "39"}, ["tracking.E002"]),
    ],
)
def test_raw_events_are_kept_longer_than_they_may_be_late(settings, given, found):
    settings.TRACKING = given

    assert ids() == found


def test_the_setting_must_be_a_dict(settings):
    settings.TRACKING = ["ENABLED"]

    assert ids() == ["tracking.E002"]
