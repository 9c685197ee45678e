"""What content keeps to go on where a learner left off."""

import json

import pytest

from tests.xapi.api.store import BASE
from tracking.xapi.models import XapiDocument


def test_where_a_learner_left_off_is_kept(content, learner):
    place = f"{BASE}/activities/state?activityId=https://h5p.org/7&stateId=bookmark"
    place += f"&agent={json.dumps(content.actor)}"
    client = content.client
    assert client.get(place).status_code == 404
    assert client.put(place, b'{"page": 3}', content_type="application/json").status_code == 204
    assert client.post(place, b'{"done": true}', content_type="application/json").status_code == 204
    answer = client.get(place)
    assert (answer.json(), answer["Content-Type"]) == ({"page": 3, "done": True}, "application/json")
    assert client.get(place.replace("&stateId=bookmark", "")).json() == ["bookmark"]
    assert XapiDocument.objects.get().learner_id == learner.pk
    assert client.delete(place).status_code == 204
    assert client.get(place).status_code == 404


def test_a_profile_is_not_overwritten_unseen(system):
    place = f"{BASE}/activities/profile?activityId=https://h5p.org/7&profileId=p"
    put = system.client.put
    assert put(place, b"one", content_type="text/plain").status_code == 204
    assert put(place, b"two", content_type="text/plain").status_code == 409
    etag = system.client.get(place)["ETag"]
    assert put(place, b"two", content_type="text/plain", headers={"If-Match": '"x"'}).status_code == 412
    assert put(place, b"two", content_type="text/plain", headers={"If-Match": etag}).status_code == 204
    assert system.client.get(place).content == b"two"


def test_a_document_can_do_nothing_as_a_page(content):
    place = f"{BASE}/agents/profile?profileId=p&agent={json.dumps(content.actor)}"
    content.client.put(
        place, b"<script>alert(1)</script>", content_type="text/html", headers={"If-None-Match": "*"}
    )
    answer = content.client.get(place)
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_document_is_replaced_only_by_whoever_has_seen_it(content):
    place = f"{BASE}/activities/state?activityId=a:b&stateId=s&agent={json.dumps(content.actor)}"
    client = content.client
    assert client.put(place, b"one", content_type="text/plain").status_code == 204
    etag = client.get(place)["ETag"]
    stale = {"If-Match": '"stale"'}
    for send in (client.put, client.post, client.delete):
        assert send(place, b"two", content_type="text/plain", headers=stale).status_code == 412
    assert client.put(place, b"2", headers={"If-None-Match": "*"}).status_code == 412
    both = {"If-Match": f'"other", {etag}'}
    assert client.put(place, b"two", content_type="text/plain", headers=both).status_code == 204
    assert client.get(place, headers={"If-None-Match": client.get(place)["ETag"]}).status_code == 304
    assert client.delete(place, headers={"If-Match": "*"}).status_code == 204
    assert client.put(place, b"new", headers={"If-Match": "*"}).status_code == 412


def test_what_was_kept_before_a_moment_stays_when_the_rest_is_dropped(content, time_machine, now):
    place = f"{BASE}/activities/state?activityId=a:b&agent={json.dumps(content.actor)}"
    for number in (1, 2):
        time_machine.move_to(now.replace(minute=number), tick=False)
        content.client.put(f"{place}&stateId=s{number}", b"x", content_type="text/plain")
    since = now.replace(minute=1).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert content.client.get(f"{place}&since={since}").json() == ["s2"]
    assert content.client.delete(f"{place}&since={since}").status_code == 204
    assert content.client.get(place).json() == ["s1"]


@pytest.mark.parametrize("query", ["since=yesterday", "registration=7", "agent={}", "nonsense=1"])
def test_what_cannot_be_asked_is_refused(content, query):
    agent = "" if query.startswith("agent") else f"&agent={json.dumps(content.actor)}"
    assert content.client.get(f"{BASE}/activities/state?activityId=a:b&{query}{agent}").status_code == 400
