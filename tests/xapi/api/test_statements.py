"""Content that speaks xAPI is taken in: kept as it was told, and turned into what it tells of."""

import json
from datetime import timedelta

import pytest
from django.test.utils import override_settings

from tests.exports import target as targets
from tests.messages import batch, opened
from tests.xapi.api.store import ADL, BASE, film, statement
from tracking import jobs
from tracking.events import Purpose
from tracking.exports import deliveries
from tracking.models import Attempt, Event, LearnerUnit, PageView, RejectionCount
from tracking.privacy import consent
from tracking.xapi.models import XapiStatement


def test_a_statement_is_kept_and_given_back_as_it_was(system, learner):
    given = statement(learner)
    answer = system.tell(given)
    assert (answer.status_code, answer.json()) == (200, [given["id"]])
    back = system.get("statements", statementId=given["id"]).json()
    assert {name: back[name] for name in given} == given
    assert {"stored", "authority", "version"} <= set(back)


def test_an_access_a_completion_and_a_result_are_recorded(system, learner):
    done = statement(learner, "passed", unit="q", result={"score": {"scaled": 0.75}, "success": True})
    assert system.tell(statement(learner), statement(learner, "completed"), done).status_code == 200
    assert set(Event.objects.values_list("kind", "unit_key")) == {
        ("unit.accessed", "a"),
        ("unit.completed", "a"),
    }
    attempt = Attempt.objects.get()
    assert (attempt.unit_key, attempt.share, attempt.is_passed) == ("q", 0.75, True)


def test_the_same_again_changes_nothing_and_another_of_that_id_is_refused(system, learner):
    given = statement(learner)
    assert [system.tell(given).status_code for _ in range(2)] == [200, 200]
    assert Event.objects.count() == 1
    assert system.tell({**given, "verb": {"id": f"{ADL}completed"}}).status_code == 409


def test_a_statement_that_comes_again_with_other_words_and_order_is_the_same(system, learner):
    """An authoring tool sent its statements again after a title was edited, and was refused for good."""

    def told(title, *members):
        activity = {"id": "a:b", "definition": {"name": {"en": title}}}
        team = {"objectType": "Group", "member": [{"mbox": f"mailto:{each}@example.org"} for each in members]}
        context = {"contextActivities": {"parent": [activity]}, "team": team}
        verb = {"id": f"{ADL}experienced", "display": {"en": title}}
        inner = {"objectType": "SubStatement", "actor": team, "verb": verb, "object": activity}
        own_id = "fd41c918-b88b-4b20-a0a5-a4c32391aaa0"
        return statement(learner, id=own_id, object=inner, context=context) | {"verb": verb}

    answers = [system.tell(told("Reading", "a", "b")), system.tell(told("Reading data", "b", "a"))]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert system.tell(told("Reading", "a", "c")).status_code == 409


def test_what_a_film_proves_is_seconds_seen_however_its_statements_come(system, learner, now):
    told = [
        film(learner, "played", 0, time=0),
        film(learner, "paused", 30, time=30, **{"played-segments": "0[.]30"}),
        film(learner, "played", 60, time=30),
        film(learner, "terminated", 100, time=70, **{"played-segments": "0[.]30[,]30[.]70"}),
    ]
    for each in (told[1], told[0], told[3], told[2]):
        assert system.tell(each).status_code == 200
    jobs.roll_up(now=now + timedelta(hours=1))
    view = PageView.objects.get()
    assert (view.active_ms, view.media_ms) == (70_000, 70_000)
    assert LearnerUnit.objects.get(unit_key="a").active_ms == 70_000


def test_sittings_that_come_in_the_wrong_order_are_counted_once(system, learner, now):
    """A real log came so, and the later sitting counted twice when the earlier one moved in before it."""
    later = [film(learner, "played", 7200, time=30), film(learner, "paused", 7230, time=60)]
    earlier = [film(learner, "played", 0, time=0), film(learner, "paused", 30, time=30)]
    system.tell(*later)
    system.tell(*earlier)
    jobs.roll_up(now=now + timedelta(hours=4))
    assert sorted(PageView.objects.values_list("active_ms", flat=True)) == [30_000, 30_000]
    assert Event.objects.filter(kind="page.progress").count() == 2


def test_a_learner_who_says_no_is_not_recorded(system, make_learner):
    shy = make_learner("shy", purposes=())
    consent.refuse(shy.pk, [Purpose.ENGAGEMENT], source="test")
    assert system.tell(statement(shy)).status_code == 200
    assert not XapiStatement.objects.exists()
    assert not Event.objects.exists()
    assert RejectionCount.objects.get().reason == "no_consent"
    assert system.tell(statement(shy, "completed")).status_code == 200
    assert Event.objects.get().kind == "unit.completed"


@pytest.mark.parametrize(
    "wrong",
    [
        {"actor": {}},
        {"actor": {"mbox": "lena@example.org"}},
        {"actor": {"mbox": "mailto:l@example.org", "openid": "https://l.example.org"}},
        {"verb": {"id": "passed"}},
        {"object": {"id": "no iri"}},
        {"object": {"objectType": "Thing", "id": "a:b"}},
        {"id": "7"},
        {"timestamp": "yesterday"},
        {"result": {"score": {"scaled": 2}}},
        {"result": {"duration": "5 minutes"}},
        {"context": {"registration": "x"}},
        {"version": "0.9"},
        {"extra": 1},
    ],
)
def test_what_is_no_statement_is_refused_and_nothing_of_its_batch_kept(system, learner, wrong):
    answer = system.tell(statement(learner), statement(learner, **wrong))
    assert answer.status_code == 400
    assert not XapiStatement.objects.exists()


def test_statements_are_read_page_by_page(system, learner):
    given = [statement(learner) for _ in range(5)]
    system.tell(*given)
    seen, path = [], f"{BASE}/statements?limit=2&ascending=true"
    while path:
        told = system.client.get(path).json()
        seen += [each["id"] for each in told["statements"]]
        path = told["more"]
    assert sorted(seen) == sorted(each["id"] for each in given)


def test_statements_are_narrowed(system, learner):
    system.tell(statement(learner), statement(learner, "completed"))
    agent = json.dumps(statement(learner)["actor"])
    assert len(system.get("statements", verb=f"{ADL}completed").json()["statements"]) == 1
    assert len(system.get("statements", agent=agent).json()["statements"]) == 2
    assert system.get("statements", since="2099-01-01T00:00:00Z").json()["statements"] == []
    assert system.get("statements", nonsense="1").status_code == 400


def test_a_voided_statement_is_given_back_only_as_such(system, learner):
    system.tell(given := statement(learner))
    system.tell(statement(learner, "voided", object={"objectType": "StatementRef", "id": given["id"]}))
    assert system.get("statements", statementId=given["id"]).status_code == 404
    assert system.get("statements", voidedStatementId=given["id"]).json()["id"] == given["id"]


@pytest.mark.django_db(transaction=True)
def test_what_is_told_to_a_store_arrives_at_one(course, learner, send, live_server, now, settings):
    """Our own deliveries, over HTTP, to our own store: it takes every statement, and makes nothing new of them."""
    target = {"LRS_URL": f"{live_server.url}{BASE}", "LRS_USER": "moodle", "LRS_PASSWORD": "s3cret"}
    with override_settings(
        TRACKING={**settings.TRACKING, "ALLOW_PRIVATE_TARGETS": True},
        TRACKING_XAPI={**settings.TRACKING_XAPI, **target},
    ):
        send(learner, batch(opened(now, "a"), opened(now, "q"), sent_at=now))
        assert deliveries.send_due_deliveries(clock=targets.still(now)) == 2
        assert deliveries.send_due_deliveries(clock=targets.still(now)) == 0
    told = set(XapiStatement.objects.values_list("id", flat=True))
    assert told == set(Event.objects.values_list("id", flat=True))
