"""Content that speaks xAPI is taken in: kept as it was told, and turned into what it tells of."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.test.utils import override_settings

from tests.messages import batch, opened
from tracking.events import Purpose
from tracking.insights import jobs
from tracking.interchange import deliveries, names, xapi
from tracking.lms.values import UnitRef
from tracking.models import Attempt, Event, LearnerUnit, Refusal, View, XapiDocument, XapiStatement
from tracking.privacy import consent

BASE = "/tracking/xapi"
ADL = "http://adlnet.gov/expapi/verbs/"
VIDEO = "https://w3id.org/xapi/video"
AT = datetime(2026, 3, 11, 12, tzinfo=UTC)


@pytest.fixture
def course(school, learner, settings, now):
    settings.TRACKING = {**settings.TRACKING, "LRS_CLIENT_KEY": "moodle", "LRS_CLIENT_SECRET": "s3cret"}
    school.course("c", lessons=["a"], quizzes=["q"], starts_at=now - timedelta(days=9))
    school.enrol(learner, "c")
    jobs.bring_up_to_date(now=now)
    jobs.read_outlines(now=now)
    return school


def basic(user, password):
    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"


class Store:
    """A client of the store."""

    actor: dict
    endpoint: str

    def __init__(self, authorization):
        self.client = Client(headers={"Authorization": authorization, "X-Experience-API-Version": "1.0.3"})

    def tell(self, *statements):
        body = statements[0] if len(statements) == 1 else list(statements)
        return self.client.post(f"{BASE}/statements", json.dumps(body), content_type="application/json")

    def get(self, path, **query):
        return self.client.get(f"{BASE}/{path}", query)


@pytest.fixture
def system(course):
    """The store as a trusted system sees it."""
    return Store(basic("moodle", "s3cret"))


@pytest.fixture
def content(course, learner):
    """The store as content sees it that the learner has opened in lesson a."""
    client = Client()
    client.force_login(learner)
    told = client.post(
        "/tracking/api/v1/courses/c/launches/", {"unit_key": "a"}, content_type="application/json"
    ).json()
    store = Store(told["auth"])
    store.actor = told["actor"]
    store.endpoint = told["endpoint"]
    return store


def statement(learner, verb="experienced", unit="a", **parts):
    return {
        "id": str(uuid4()),
        "actor": {"account": {"homePage": "https://lms.example.org", "name": learner.username}},
        "verb": {"id": f"{ADL}{verb}", "display": {"en": verb}},
        "object": {"id": names.unit(UnitRef(course_key="c", unit_key=unit))},
        "timestamp": AT.isoformat(),
    } | parts


def film(learner, verb, seconds, **extensions):
    """A statement of the video profile, ``seconds`` after noon."""
    return statement(learner) | {
        "verb": {"id": f"{VIDEO}/verbs/{verb}"},
        "timestamp": (AT + timedelta(seconds=seconds)).isoformat(),
        "context": {"extensions": {f"{VIDEO}/extensions/session-id": "f0a1"}},
        "result": {"extensions": {f"{VIDEO}/extensions/{key}": value for key, value in extensions.items()}},
    }


def test_anybody_learns_which_versions_are_spoken(db):
    answer = Client().get(f"{BASE}/about")
    assert "1.0.3" in answer.json()["version"]
    assert answer["X-Experience-API-Version"] == "1.0.3"


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


def test_what_a_film_proves_is_seconds_seen_however_its_statements_come(system, learner, now):
    told = [
        film(learner, "played", 0, time=0),
        film(learner, "paused", 30, time=30, **{"played-segments": "0[.]30"}),
        film(learner, "played", 60, time=30),
        film(learner, "terminated", 100, time=70, **{"played-segments": "0[.]30[,]30[.]70"}),
    ]
    for each in (told[1], told[0], told[3], told[2]):
        assert system.tell(each).status_code == 200
    jobs.bring_up_to_date(now=now + timedelta(hours=1))
    view = View.objects.get()
    assert (view.active_ms, view.media_ms) == (70_000, 70_000)
    assert LearnerUnit.objects.get(unit_key="a").active_ms == 70_000


def test_sittings_that_come_in_the_wrong_order_are_counted_once(system, learner, now):
    """A real log came so, and the later sitting counted twice when the earlier one moved in before it."""
    later = [film(learner, "played", 7200, time=30), film(learner, "paused", 7230, time=60)]
    earlier = [film(learner, "played", 0, time=0), film(learner, "paused", 30, time=30)]
    system.tell(*later)
    system.tell(*earlier)
    jobs.bring_up_to_date(now=now + timedelta(hours=4))
    assert sorted(View.objects.values_list("active_ms", flat=True)) == [30_000, 30_000]
    assert Event.objects.filter(kind="view.progress").count() == 2


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


def test_a_learner_who_says_no_is_not_recorded(system, make_learner):
    shy = make_learner("shy", purposes=())
    consent.refuse(shy.pk, [Purpose.ENGAGEMENT], source="test")
    assert system.tell(statement(shy)).status_code == 200
    assert not XapiStatement.objects.exists()
    assert not Event.objects.exists()
    assert Refusal.objects.get().reason == "no_consent"
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


def test_people_whom_nobody_knows_are_refused(system, learner):
    stranger = statement(learner, actor={"mbox": "mailto:nobody@example.org"})
    assert system.tell(stranger).status_code == 403


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


def test_a_version_that_is_not_spoken_is_refused(system):
    answer = system.client.get(f"{BASE}/statements", headers={"X-Experience-API-Version": "0.95"})
    assert answer.status_code == 400


@pytest.mark.django_db(transaction=True)
def test_what_is_told_to_a_store_arrives_at_one(course, learner, send, live_server, now, settings):
    """Our own deliveries, over HTTP, to our own store: it takes every statement, and makes nothing new of them."""
    target = {
        "LRS_URL": f"{live_server.url}{BASE}",
        "LRS_USER": "moodle",
        "LRS_PASSWORD": "s3cret",
        "PRIVATE_TARGETS": True,
    }
    with override_settings(TRACKING={**settings.TRACKING, **target}):
        send(learner, batch(opened(now, "a"), opened(now, "q"), sent_at=now))
        assert deliveries.deliver(now=now) == 2
        assert deliveries.deliver(now=now) == 0
    told = set(XapiStatement.objects.values_list("id", flat=True))
    assert told == set(Event.objects.values_list("id", flat=True))
