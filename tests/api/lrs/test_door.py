"""Who is let in, and about whom and what they may speak."""

import json

import pytest
from django.test import Client

from tests.api.lrs.store import ADL, BASE, Store, basic, statement
from tracking.interchange import xapi
from tracking.models import Event


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
    assert content.endpoint.endswith("/tracking/xapi/")


def test_content_does_not_speak_for_others_nor_read_them(content, system, make_learner):
    other = make_learner("other")
    system.tell(theirs := statement(other))
    assert content.tell(statement(other)).status_code == 403
    assert content.get("statements").json()["statements"] == []
    assert content.get("statements", statementId=theirs["id"]).status_code == 404
    agent = json.dumps(xapi.actor(other.pk))
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
