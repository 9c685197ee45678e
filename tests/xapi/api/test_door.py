"""Who is let in, and about whom and what they may speak."""

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from tests.xapi.api.store import ADL, BASE, Store, basic, statement
from tracking.models import Enrolment, Event
from tracking.xapi import export
from tracking.xapi.statements import documents


def test_anybody_learns_which_versions_are_spoken(db):
    answer = Client().get(f"{BASE}/about")
    assert "1.0.3" in answer.json()["version"]
    assert answer["X-Experience-API-Version"] == "1.0.3"


def test_content_speaks_for_the_learner_who_opened_it_about_that_unit(content, learner):
    answer = content.tell(
        {
            "actor": content.actor,
            "verb": {"id": f"{ADL}completed"},
            "object": {"id": "https://h5p.org/content/7"},
        }
    )
    assert answer.status_code == 200
    assert list(Event.objects.values_list("learner", "unit_key", "kind")) == [
        (learner.pk, "a", "unit.completed")
    ]
    assert content.endpoint.endswith("/learning/xapi/")


def test_content_does_not_speak_for_others_nor_read_them(content, system, make_learner):
    other = make_learner("other")
    system.tell(theirs := statement(other))
    assert content.tell(statement(other)).status_code == 403
    assert content.get("statements").json()["statements"] == []
    assert content.get("statements", statementId=theirs["id"]).status_code == 404
    agent = json.dumps(export.learner_actor(other.pk))
    assert content.get("activities/state", activityId="a:b", agent=agent, stateId="x").status_code == 403


@pytest.mark.parametrize(
    "authorization", ["", "Basic x", "Bearer y", basic("moodle", "wrong"), basic("launch", "x")]
)
def test_nobody_else_is_let_in(course, authorization):
    assert Store(authorization).get("statements").status_code == 401


def test_an_empty_key_lets_nobody_in(school):
    assert Store(basic("", "")).get("statements").status_code == 401


def test_people_whom_nobody_knows_are_refused(system, learner):
    stranger = statement(learner, actor={"mbox": "mailto:nobody@example.org"})
    assert system.tell(stranger).status_code == 403


def test_a_version_that_is_not_spoken_is_refused(system):
    answer = system.client.get(f"{BASE}/statements", headers={"X-Experience-API-Version": "0.95"})
    assert answer.status_code == 400


def tell(content, number=0):
    told = {
        "actor": content.actor,
        "verb": {"id": f"{ADL}experienced"},
        "object": {"id": f"https://h5p.org/{number}"},
    }
    return content.tell(told)


def test_a_launch_ends_with_its_day_its_user_and_its_course(content, learner, time_machine):
    assert tell(content).status_code == 200
    Enrolment.objects.filter(learner=learner).update(course_key="d")
    assert tell(content).status_code == 401
    Enrolment.objects.filter(learner=learner).update(course_key="c")
    learner.is_active = False
    learner.save()
    assert tell(content).status_code == 401
    learner.is_active = True
    learner.save()
    assert tell(content).status_code == 200
    time_machine.move_to(timezone.now() + timedelta(hours=25))
    assert tell(content).status_code == 401


def test_content_in_a_browser_is_held_to_a_learners_minute_and_another_system_is_not(
    content, system, learner, settings
):
    settings.TRACKING = {**settings.TRACKING, "EVENTS_PER_MINUTE": 3}
    cache.clear()
    answers = [tell(content, number) for number in range(4)]
    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert [system.tell(statement(learner)).status_code for _ in range(5)] == [200] * 5


def test_a_large_request_counts_for_as_much_as_it_holds(content, settings):
    settings.TRACKING = {**settings.TRACKING, "EVENTS_PER_MINUTE": 3}
    cache.clear()
    place = (
        f"{BASE}/activities/state?activityId=https://h5p.org/7&stateId=b&agent={json.dumps(content.actor)}"
    )
    put = content.client.put
    answers = [put(place, b"x" * 20_000, content_type="text/plain").status_code for _ in range(2)]
    assert answers == [204, 429]


def test_what_is_larger_than_the_host_reads_is_refused_as_any_error_is(system):
    """A statement of 3 MB was answered with a page in HTML that named no version, and no client could read it."""
    answer = system.client.post(f"{BASE}/statements", b" " * 3_000_000, content_type="application/json")
    assert (answer.status_code, answer["X-Experience-API-Version"], answer.json()["status"]) == (
        413,
        "1.0.3",
        413,
    )


def test_an_agent_that_is_nested_without_end_is_refused(system):
    """Whoever asked for the statements of such an agent got an error of the server."""
    assert system.get("statements", agent="[" * 200_000).status_code == 400


def test_nobody_fills_the_store_with_documents(content, learner, monkeypatch):
    monkeypatch.setattr(documents, "MAX_DOCUMENTS", 2)
    place = f"{BASE}/activities/state?activityId=https://h5p.org/7&agent={json.dumps(content.actor)}&stateId="
    put = content.client.put
    answers = [put(f"{place}{name}", b"x", content_type="text/plain").status_code for name in "abca"]
    assert answers == [204, 204, 413, 204]


def test_a_document_does_not_grow_past_its_bound_by_being_merged(content, monkeypatch):
    monkeypatch.setattr(documents, "MAX_DOCUMENT_BYTES", 30)
    place = (
        f"{BASE}/activities/state?activityId=https://h5p.org/7&stateId=b&agent={json.dumps(content.actor)}"
    )
    post = content.client.post
    answers = [
        post(place, json.dumps({key: "x" * 12}), content_type="application/json").status_code for key in "abc"
    ]
    assert answers == [204, 413, 413]
