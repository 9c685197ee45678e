"""What content keeps to go on where a learner left off."""

import json

from tests.api.lrs.store import BASE
from tracking.models import XapiDocument


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
