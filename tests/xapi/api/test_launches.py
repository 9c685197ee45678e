"""What content is opened with, and what cmi5 content fetches for itself."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.xapi.api.store import ADL, BASE, Store, statement


@pytest.fixture
def launch(course, learner):
    client = Client()
    client.force_login(learner)

    def launched():
        given = {"unit_key": "a"}
        return client.post("/learning/xapi/courses/c/launches/", given, "application/json").json()

    return launched


def fetched(launch):
    """Post as content does: from a page of its own, without a cookie."""
    answer = Client(enforce_csrf_checks=True).post(launch["fetch"])
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    return answer.json()


def test_content_fetches_what_lets_it_in_and_tells_of_its_unit(launch, learner):
    store = Store(f"Basic {fetched(launch())['auth-token']}")
    assert store.tell(statement(learner)).status_code == 200


def test_what_lets_content_in_is_given_once(launch):
    told = launch()
    fetched(told)
    assert fetched(told)["error-code"] == "1"


def test_each_launch_has_an_address_of_its_own(launch):
    first, second = launch(), launch()
    fetched(first)
    assert "auth-token" in fetched(second)


def test_an_address_that_nobody_used_expires(launch, time_machine):
    told = launch()
    time_machine.move_to(timezone.now() + timedelta(minutes=16))
    assert fetched(told)["error-code"] == "1"


def test_an_address_that_somebody_made_up_gives_nothing(launch):
    told = launch()
    assert fetched({"fetch": f"{told['fetch']}x"})["error-code"] == "2"


def test_nothing_is_given_while_tracking_is_off(launch, settings):
    told = launch()
    settings.TRACKING = {**settings.TRACKING, "ENABLED": False}
    assert fetched(told)["error-code"] == "3"


def test_what_lets_content_in_is_not_read_by_get(launch):
    """A browser may ask for an address again, or keep the answer."""
    told = launch()
    answer = Client().get(told["fetch"])
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "auth-token" in fetched(told)


def test_a_platform_writes_with_a_launch_what_cmi5_content_reads_when_it_starts(launch, learner):
    told = launch()
    platform, content = Store(told["auth"]), Store(f"Basic {fetched(told)['auth-token']}")
    place = {
        "activityId": told["activity_id"],
        "agent": json.dumps(told["actor"]),
        "registration": told["registration"],
        "stateId": "LMS.LaunchData",
    }
    data = {"contextTemplate": {}, "launchMode": "Normal", "moveOn": "Completed"}
    path = f"{BASE}/activities/state"
    platform.client.put(path, json.dumps(data), "application/json", query_params=place)
    assert content.get("activities/state", **place).json() == data


def test_a_platform_tells_with_a_launch_that_content_was_launched(launch, learner):
    told = launch()
    launched = {
        "actor": told["actor"],
        "verb": {"id": f"{ADL}launched"},
        "object": {"id": told["activity_id"]},
        "context": {"registration": told["registration"]},
    }
    assert Store(told["auth"]).tell(launched).status_code == 200


def test_a_browser_that_asks_for_leave_is_not_let_in_by_the_store(course):
    """It sends no Authorization when it asks. The guide names what answers in the place of the store."""
    assert Client().options(f"{BASE}/statements").status_code == 401
