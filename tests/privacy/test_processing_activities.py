"""The record of processing says what the code does, whatever the code becomes."""

import json

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from tests import factories
from tracking import events
from tracking.events import Purpose
from tracking.privacy import processing_activities


@pytest.fixture
def new_kind():
    """A kind that a host registers."""
    events.register("host.greeted", payload=events.FeatureClicked, purpose=Purpose.NUDGES)
    yield
    events.unregister("host.greeted")


def test_every_kind_of_event_is_in_it_with_its_fields_under_its_purpose():
    told = {
        kind["name"]: (each["purpose"], kind["fields"])
        for each in processing_activities.build_processing_record()["purposes"]
        for kind in each["kinds"]
    }
    assert told == {
        kind.name: (kind.purpose.value, list(kind.payload.__struct_fields__)) for kind in events.all_kinds()
    }


def test_a_kind_that_a_host_registers_brings_its_purpose_into_it(new_kind):
    record = processing_activities.build_processing_record()
    [nudges] = [each for each in record["purposes"] if each["purpose"] == "nudges"]
    assert [kind["name"] for kind in nudges["kinds"]] == ["host.greeted"]
    assert "Messages" not in record["not_done"]


def test_every_table_with_a_learner_is_in_it_with_its_fields():
    told = {
        each["table"]: each["fields"] for each in processing_activities.build_processing_record()["tables"]
    }
    for model in (
        *apps.get_app_config("tracking").get_models(),
        *apps.get_app_config("tracking_xapi").get_models(),
    ):
        fields = [field.name for field in model._meta.concrete_fields]
        if "learner" in fields:
            assert told[model._meta.db_table] == fields


def test_basis_and_time_are_those_in_force(settings):
    settings.TRACKING = {"NOTICE_PURPOSES": ("engagement",), "RAW_EVENT_DAYS": 30, "CONSENT_VERSION": 4}
    engagement = processing_activities.build_processing_record()["purposes"][1]
    assert (engagement["rule"], engagement["kept_days"], engagement["words_version"]) == ("notice", 30, 4)


def test_each_table_says_how_long_it_is_kept_by_the_settings_in_force(settings):
    settings.TRACKING = {
        "RAW_EVENT_DAYS": 30, "RECORD_EVENT_DAYS": 20, "QUARANTINE_DAYS": 5, "ACCESS_LOG_DAYS": 0, "DOWNLOAD_HOURS": 1,
    }  # fmt: skip
    kept = {each["name"]: each["kept"] for each in processing_activities.build_processing_record()["tables"]}
    assert {name: words for name, words in kept.items() if words != "Until it is erased."} == {
        "events": "As long as the data they belong to (see above).",
        "statements": "As long as the data they belong to (see above).",
        "attachments": "As long as the data they belong to (see above).",
        "documents": "20 days after it last changed.",
        "page_views": "30 days.",
        "quarantined": "5 days.",
        "deliveries": "30 days.",
        "downloads": "1 hour.",
    }


def test_the_page_and_its_json_say_the_same(db):
    browser = Client()
    browser.force_login(factories.UserFactory.create())
    address = reverse("tracking:processing")
    page, answer = browser.get(address), browser.get(address, {"format": "json"})
    assert (
        page.context["record"]
        == answer.json()
        == json.loads(json.dumps(processing_activities.build_processing_record()))
    )
