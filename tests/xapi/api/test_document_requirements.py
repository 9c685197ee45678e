"""Documents that content keeps: ADL's requirements by their numbers, for each of the three resources."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from tests.xapi.api.requirements import JSON, meets
from tests.xapi.api.store import BASE, statement

RESOURCES: dict[str, tuple[str, dict[str, Any], str]] = {
    "state": ("activities/state", {"activityId": "a:b", "agent": ...}, "stateId"),
    "activity": ("activities/profile", {"activityId": "a:b"}, "profileId"),
    "agent": ("agents/profile", {"agent": ...}, "profileId"),
}


@pytest.fixture
def send(system, learner, name):
    """Send a request about the document ``k``, with changes of what names it."""
    path, place, key = RESOURCES[name]
    place = {
        each: json.dumps(statement(learner)["actor"]) if value is ... else value
        for each, value in place.items()
    }

    def send(method, body=b"", kind=JSON, **changes):
        query = {each: value for each, value in ({**place, key: "k"} | changes).items() if value is not None}
        return system.client.generic(method, f"{BASE}/{path}?{urlencode(query)}", body, content_type=kind)

    return send


@meets(*range(196, 216), 218, *range(255, 268), *range(295, 308))
@pytest.mark.parametrize("name", RESOURCES)
def test_what_names_no_document_is_refused(send, name):
    _, place, key = RESOURCES[name]
    for method in ("GET", "PUT", "POST", "DELETE"):
        for missing in place:
            assert send(method, b"{}", **{missing: None}).status_code == 400
            assert send(method, b"{}", **{missing: "x"}).status_code == 400
    for method in ("PUT", "POST", *(() if name == "state" else ("DELETE",))):
        assert send(method, b"{}", **{key: None}).status_code == 400
    assert send("GET", since="x", **{key: None}).status_code == 400
    if name == "state":
        for method in ("GET", "PUT", "POST", "DELETE"):
            assert send(method, b"{}", registration="x").status_code == 400
        assert send("DELETE", since="x", **{key: None}).status_code == 400
        assert send("PUT", b"{}", registration=str(uuid4())).status_code == 204
        assert send("DELETE", **{key: None}).status_code == 204


@meets(*range(182, 196), *range(216, 236), *range(268, 295), *range(308, 315), 322)
@pytest.mark.parametrize("name", RESOURCES)
def test_documents_are_kept_merged_listed_and_dropped(send, name, time_machine, now):
    key = RESOURCES[name][2]
    assert send("GET").status_code == 404
    assert send("POST", b"{no json").status_code == 400
    time_machine.move_to(now, tick=False)
    assert send("POST", b'{"a": 1, "b": {"x": 1}}').status_code == 204
    assert send("POST", b'{"b": {"y": 2}, "c": 3}').status_code == 204
    assert send("GET").json() == {"a": 1, "b": {"y": 2}, "c": 3}
    assert send("POST", b"text", "text/plain").status_code == 400
    assert send("POST", b"[1]").status_code == 400
    assert send("GET").json() == {"a": 1, "b": {"y": 2}, "c": 3}
    assert send("PUT", b"text", "text/plain", **{key: "other"}).status_code == 204
    assert send("POST", b"{}", **{key: "other"}).status_code == 400
    assert send("GET", **{key: None}).json() == ["k", "other"]
    later = (now + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert send("GET", since=later, **{key: None}).json() == []
    assert send("GET")["ETag"]
    assert send("DELETE").status_code == 204
    assert send("GET").status_code == 404
    assert send("GET", **{key: None}).json() == ["other"]
