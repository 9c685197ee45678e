"""How a store of xAPI 1.0.3 answers requests about statements: ADL's requirements by their numbers."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.test import Client

from tests.xapi.api.requirements import JSON, meets
from tests.xapi.api.statement_requirements import SUB
from tests.xapi.api.store import ADL, BASE, basic, statement
from tracking.xapi.models import XapiStatement

NOON = datetime(2026, 3, 11, 12, tzinfo=UTC)
SOME_ID = "fd41c918-b88b-4b20-a0a5-a4c32391aaa0"


def put(system, given, **query):
    path = f"{BASE}/statements?" + "&".join(f"{name}={value}" for name, value in query.items())
    return system.client.put(path, json.dumps(given), content_type=JSON)


def found(system, **query):
    return [each["id"] for each in system.get("statements", **query).json()["statements"]]


@meets(26, 99, 97, 23, 96, 14, 15, 2, 330, 332, 122, 146, 147)
def test_a_store_adds_what_it_knows_and_changes_nothing_else(system, learner):
    given = statement(learner, version="1.0.0", timestamp="2026-03-11T12:00:00.123456Z")
    given |= {"result": {"score": {"raw": 0.1234567}, "response": "ä€😀"}}
    given |= {"context": {"contextActivities": {"parent": {"id": "a:b"}}}}
    del given["id"]
    [own_id] = system.tell(given).json()
    back = system.get("statements", statementId=own_id).json()
    assert {name: back[name] for name in ("result", "version", "timestamp")} == {
        name: given[name] for name in ("result", "version", "timestamp")
    }
    assert back["context"]["contextActivities"] == {"parent": [{"id": "a:b"}]}
    assert back["authority"]["account"]["name"] == "moodle"
    assert datetime.fromisoformat(back["stored"]).tzinfo is not None


@meets(21)
def test_a_property_twice_is_refused(system, learner):
    text = json.dumps(statement(learner))[:-1] + ', "result": {"success": true, "success": false}}'
    assert system.client.post(f"{BASE}/statements", text, content_type=JSON).status_code == 400


@meets(12, 150, 151, 324, 325)
@pytest.mark.parametrize(
    "query",
    [
        *("verb=x", "activity=x", "registration=x", "since=x", "until=x", "limit=x", "ascending=x", "agent=x"),
        *("attachments=x", "format=x", "related_agents=x", "statementId=x", "nonsense=1", "Verb=a:b"),
        'agent={"name":"x"}',
        *(f"{one}={SOME_ID}&limit=1" for one in ("statementId", "voidedStatementId")),
        f"statementId={SOME_ID}&voidedStatementId={SOME_ID}",
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(system, query):
    answer = system.client.get(f"{BASE}/statements?{query}")
    assert answer.status_code == 400
    assert answer["X-Experience-API-Consistent-Through"]


@meets(16, 18, 19, 155, 157, 162, 163)
def test_what_is_voided_is_gone_and_its_voiding_is_not(system, learner):
    system.tell(given := statement(learner))
    voiding = statement(learner, "voided", object={"objectType": "StatementRef", "id": given["id"]})
    again = statement(learner, "voided", object={"objectType": "StatementRef", "id": voiding["id"]})
    assert system.tell(voiding).status_code == system.tell(again).status_code == 200
    assert set(found(system)) == {voiding["id"], again["id"]}
    assert system.get("statements", statementId=given["id"]).status_code == 404
    assert system.get("statements", voidedStatementId=given["id"]).json()["id"] == given["id"]


@meets(142, 143, 144, 145, 182, 326)
def test_a_statement_is_put_under_its_id_and_never_changed(system, learner):
    given = statement(learner)
    assert put(system, given).status_code == 400
    assert put(system, given, statementId=str(uuid4())).status_code == 400
    assert put(system, given, statementId=given["id"]).status_code == 204
    assert put(system, {**given, "result": {"success": True}}, statementId=given["id"]).status_code == 409
    assert "result" not in system.get("statements", statementId=given["id"]).json()
    assert system.tell(statement(learner), statement(learner, id="x")).status_code == 400
    assert XapiStatement.objects.count() == 1


@meets(108, 109, 110, 111, 112, 113, 114, 149, 154, 156, 158, 159, 165, 166, 173)
def test_statements_are_given_back_page_by_page_in_their_order(system, learner):
    assert system.get("statements").json() == {"statements": [], "more": ""}
    given = [statement(learner) for _ in range(5)]
    for each in given:
        system.tell(each)
    ids = [each["id"] for each in given]
    assert found(system, ascending="true") == ids
    assert found(system) == ids[::-1]
    first = system.get("statements", limit=3)
    second = system.client.get(first.json()["more"])
    assert [len(each.json()["statements"]) for each in (first, second)] == [3, 2]
    assert (second.json()["more"], first["Content-Type"]) == ("", JSON)


@meets(152, 153)
@pytest.mark.parametrize(("seconds", "is_promised"), [(59, False), (61, True)])
def test_a_store_says_until_when_it_is_complete(system, learner, time_machine, seconds, is_promised):
    """It once said now: whoever asked next for what came since then missed what another request was yet to commit."""
    time_machine.move_to(NOON, tick=False)
    system.tell(statement(learner))
    time_machine.shift(seconds)
    through = system.get("statements")["X-Experience-API-Consistent-Through"]
    assert (datetime.fromisoformat(through) >= NOON) is is_promised


@meets(160, 174, 175)
def test_statements_are_found_by_when_they_were_stored(system, learner):
    system.tell(statement(learner))
    stored = datetime.fromisoformat(system.get("statements").json()["statements"][0]["stored"])
    before = (stored - timedelta(seconds=1)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    after = (stored + timedelta(seconds=1)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert len(found(system, since=before)) == len(found(system, until=after)) == 1
    assert found(system, since=after) == found(system, until=before) == []


@meets(164, 176, 177, 178, 179, 180, 181)
def test_statements_are_found_by_whom_and_what_they_name(system, learner):
    teacher = {"mbox": "mailto:t@example.org", "objectType": "Agent"}
    registration = str(uuid4())
    plain = statement(learner)
    about_teacher = statement(learner, object=teacher)
    context = {"instructor": teacher, "registration": registration}
    taught = statement(
        learner, "completed", context={**context, "contextActivities": {"parent": [{"id": "a:p"}]}}
    )
    within = statement(learner, object={**SUB, "actor": teacher, "object": {"id": "a:p"}})
    system.tell(plain, about_teacher, taught, within)
    agent = json.dumps(teacher)
    assert set(found(system, agent=agent)) == {about_teacher["id"]}
    assert set(found(system, agent=agent, related_agents="true")) == {
        each["id"] for each in (about_teacher, taught, within)
    }
    assert len(found(system, agent=json.dumps(plain["actor"]))) == 4
    assert found(system, activity="a:p") == []
    assert set(found(system, activity="a:p", related_activities="true")) == {taught["id"], within["id"]}
    assert found(system, registration=registration) == [taught["id"]]
    assert found(system, verb=f"{ADL}completed") == [taught["id"]]


def test_what_is_about_a_statement_is_found_with_it(system, learner, make_learner):
    """Communication 2.1.3, Filter Conditions for StatementRefs: through others too, but each by its own time."""
    tutor = make_learner("tutor")

    def about(target, verb):
        return statement(tutor, verb, object={"objectType": "StatementRef", "id": target["id"].upper()})

    passed = statement(learner, "passed", unit="q", context={"registration": str(uuid4())})
    voiding = about(passed, "voided")
    comment = about(voiding, "commented")
    beside = statement(
        tutor, "passed", context={"statement": {"objectType": "StatementRef", "id": passed["id"]}}
    )
    system.tell(passed, voiding, comment, beside)
    asked = {"registration": passed["context"]["registration"], "activity": passed["object"]["id"]}
    asked |= {"agent": json.dumps(passed["actor"]), "verb": f"{ADL}passed"}
    both = {voiding["id"], comment["id"]}
    assert set(found(system, **asked)) == both
    for name in ("registration", "activity", "agent"):
        assert set(found(system, **{name: asked[name]})) == both
    assert set(found(system, verb=asked["verb"])) == {*both, beside["id"]}
    assert found(system, **asked, until="2000-01-01T00:00:00Z") == []


def test_content_learns_nothing_of_others_by_what_it_tells_about_them(content, system, make_learner):
    system.tell(theirs := statement(make_learner("other"), "passed"))
    reference = {"objectType": "StatementRef", "id": theirs["id"]}
    told = {"actor": content.actor, "verb": {"id": f"{ADL}commented"}, "object": reference}
    assert content.tell(told).status_code == 200
    assert found(content, verb=f"{ADL}passed") == []


@meets(168, 169, 170, 171, 172)
def test_statements_are_given_back_in_the_format_that_is_asked_for(system, learner):
    texts = {"en-US": "Reading", "de": "Lesen"}
    given = statement(learner) | {"object": {"id": "a:b", "definition": {"name": texts, "type": "a:t"}}}
    given["verb"]["display"] = {"en": "did", "de": "tat"}
    given["actor"]["name"] = "Lena"
    given["context"] = {"contextActivities": {"parent": [{"id": "a:p", "definition": {"type": "a:t"}}]}}
    system.tell(given)

    def read(form, language="de"):
        client = Client(headers={**system.headers, "Accept-Language": language})
        return client.get(f"{BASE}/statements?format={form}").json()["statements"][0]

    exact, ids, canonical = (read(form) for form in ("exact", "ids", "canonical"))
    assert exact["object"] == given["object"]
    assert (ids["object"], ids["verb"]) == ({"id": "a:b"}, {"id": given["verb"]["id"]})
    assert (ids["actor"], ids["context"]["contextActivities"]) == (
        {"account": given["actor"]["account"]},
        {"parent": [{"id": "a:p"}]},
    )
    assert canonical["object"]["definition"] == {"name": {"de": "Lesen"}, "type": "a:t"}
    assert read("canonical", "en")["verb"]["display"] == {"en": "did"}


def by_form(system, path, method, **fields):
    form = urlencode({**system.headers, "Content-Type": JSON, **fields})
    return Client().post(
        f"{BASE}/{path}?method={method}", form, content_type="application/x-www-form-urlencoded"
    )


@meets(148, 336)
def test_any_request_may_come_as_the_form_of_a_post(system, learner):
    given = statement(learner)
    told = by_form(system, "statements", "PUT", statementId=given["id"], content=json.dumps(given))
    assert told.status_code == 204
    back = by_form(system, "statements", "GET", statementId=given["id"])
    assert (back.status_code, back.json()["id"]) == (200, given["id"])
    state = {"activityId": "a:b", "stateId": "s", "agent": json.dumps(given["actor"])}
    assert by_form(system, "activities/state", "PUT", content='{"page": 1}', **state).status_code == 204
    assert by_form(system, "activities/state", "GET", **state).json() == {"page": 1}
    assert by_form(system, "activities/state", "DELETE", **state).status_code == 204
    assert by_form(system, "statements", "PATCH").status_code == 400
    assert by_form(system, "statements", "GET", Authorization="").status_code == 401
    assert Client().post(f"{BASE}/statements?method=GET&limit=1", headers=system.headers).status_code == 400


@meets(125, 126)
@pytest.mark.parametrize("path", ["statements", "about", "activities?activityId=a:b"])
def test_head_is_answered_as_get_without_a_body(system, path):
    read, looked = system.client.get(f"{BASE}/{path}"), system.client.head(f"{BASE}/{path}")
    assert (looked.status_code, looked["Content-Type"], looked.content) == (200, read["Content-Type"], b"")


@meets(*range(236, 250))
def test_a_person_is_told_as_lists(system, content):
    agent = {"objectType": "Agent", "name": "Who", "mbox": "mailto:who@example.org"}
    told = system.get("agents", agent=json.dumps(agent))
    assert (told.status_code, told.json()) == (
        200,
        {"objectType": "Person", "name": ["Who"], "mbox": ["mailto:who@example.org"]},
    )
    for wrong in ("", "x", "{}", '{"mbox": "x"}'):
        assert system.get("agents", agent=wrong).status_code == 400
    assert content.get("agents", agent=json.dumps(agent)).status_code == 403


@meets(250, 251, 252, 253, 254)
def test_an_activity_is_told_with_all_that_was_said_of_it(system, learner):
    for language, words in (("en", "Reading"), ("de", "Lesen")):
        system.tell(statement(learner, object={"id": "a:b", "definition": {"name": {language: words}}}))
    told = system.get("activities", activityId="a:b").json()
    assert told["definition"] == {"name": {"en": "Reading", "de": "Lesen"}}
    assert system.get("activities").status_code == system.get("activities", activityId="x").status_code == 400


@meets(315, 317, 318, 319, 320, 321, 331, 333)
def test_a_store_says_what_it_speaks_and_wants_to_know_what_is_spoken(system):
    assert "1.0.3" in Client().get(f"{BASE}/about").json()["version"]
    for version, status in (
        ("1.0", 200),
        ("1.0.9", 200),
        ("0.95", 400),
        ("1.1", 400),
        ("", 400),
        ("1.0x", 400),
    ):
        headers = {"X-Experience-API-Version": version, "Authorization": basic("moodle", "s3cret")}
        answer = Client(headers=headers).get(f"{BASE}/statements")
        assert (answer.status_code, answer["X-Experience-API-Version"]) == (status, "1.0.3")


@meets(323, 327, 328)
def test_refusals_say_why_by_their_status(system, content, learner):
    assert system.tell(statement(learner, actor={"mbox": "mailto:x@example.org"})).status_code == 403
    large = b" " * (4 * 1024 * 1024 + 1)
    assert system.client.post(f"{BASE}/statements", large, content_type=JSON).status_code == 413
