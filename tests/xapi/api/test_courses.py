"""What content tells is known by its course, and is heard about the unit alone that it was opened in."""

import json

import pytest
from django.utils import timezone

from tests.school import Adapter
from tests.xapi.api.store import ADL, BASE, film, statement
from tracking import jobs
from tracking.events import ConsentRequirement, Purpose
from tracking.exports import stable_ids
from tracking.lms.values import UnitRef
from tracking.models import Attempt, Consent, Event, OutlineUnit, PageView
from tracking.privacy import consent
from tracking.xapi import identifiers
from tracking.xapi.models import XapiDocument, XapiStatement

ELSEWHERE = "https://h5p.org/content/7"


def kept():
    """The course and the purpose of the one statement that is kept."""
    return XapiStatement.objects.values_list("course_key", "purpose").get()


def say(store, **parts):
    told = {"actor": store.actor, "verb": {"id": f"{ADL}experienced"}, "object": {"id": ELSEWHERE}}
    return store.tell(told | parts)


@pytest.mark.parametrize(("verb", "purpose"), [("experienced", "engagement"), ("passed", "record")])
def test_a_statement_is_known_by_its_course_and_what_it_serves(system, learner, verb, purpose):
    system.tell(statement(learner, verb))
    assert kept() == ("c", purpose)


def test_an_activity_that_one_outline_has_is_of_that_course(system, learner):
    OutlineUnit.objects.filter(course_key="c", unit_key="a").update(unit_key=ELSEWHERE)
    system.tell(statement(learner, object={"id": ELSEWHERE}))
    assert kept() == ("c", "engagement")


def test_a_statement_below_a_course_is_of_that_course(system, learner):
    above = {"contextActivities": {"parent": [{"id": identifiers.course_iri("c")}]}}
    system.tell(statement(learner, object={"id": ELSEWHERE}, context=above))
    assert kept() == ("c", "engagement")


def test_a_registration_that_was_made_here_leads_to_its_course(system, learner):
    registration = stable_ids.stable_uuid("registration", learner.pk, "c", "a")
    system.tell(statement(learner, object={"id": ELSEWHERE}, context={"registration": registration}))
    assert kept() == ("c", "engagement")


def test_what_leads_to_no_course_has_none(system, learner):
    system.tell(statement(learner, object={"id": ELSEWHERE}))
    assert kept() == ("", "engagement")


def test_what_takes_a_statement_back_is_of_its_course(system, learner):
    system.tell(given := statement(learner))
    system.tell(statement(learner, "voided", object={"objectType": "StatementRef", "id": given["id"]}))
    assert set(XapiStatement.objects.values_list("course_key", flat=True)) == {"c"}


def test_a_document_is_of_the_course_that_its_content_was_opened_in(content):
    place = f"{BASE}/activities/state?activityId={ELSEWHERE}&stateId=b&agent={json.dumps(content.actor)}"
    assert content.client.put(place, b"{}", content_type="application/json").status_code == 204
    assert XapiDocument.objects.get().course_key == "c"


def test_a_learner_cannot_say_by_what_is_opened_in_one_unit_that_another_was_passed(content, school):
    """A learner opened a lesson, took its pass from the browser, and told that they had passed the exam."""
    exam = {"id": identifiers.unit_iri(UnitRef(course_key="c", unit_key="q"))}
    say(content, verb={"id": f"{ADL}passed"}, object=exam, result={"score": {"scaled": 1}, "success": True})
    say(content, verb={"id": f"{ADL}completed"}, object=exam)
    assert not Attempt.objects.filter(unit_key="q").exists()
    assert not Event.objects.filter(unit_key="q").exists()


def test_content_cannot_take_back_what_others_were_said_to_have_done(content, system, make_learner):
    other = make_learner("other")
    system.tell(theirs := statement(other, "completed"))
    say(content, verb={"id": f"{ADL}voided"}, object={"objectType": "StatementRef", "id": theirs["id"]})
    assert not XapiStatement.objects.get(pk=theirs["id"]).is_voided


def test_nothing_is_kept_in_a_course_that_has_switched_it_off(system, learner, monkeypatch):
    rules = {"c": {Purpose.ENGAGEMENT: ConsentRequirement.OFF}}
    monkeypatch.setattr(Adapter, "purpose_rules", lambda self, course_key: rules.get(course_key, {}))
    assert system.tell(statement(learner)).status_code == 200
    assert not XapiStatement.objects.exists()
    assert not Event.objects.exists()


def test_the_end_of_a_film_tells_no_time_of_a_learner_who_does_not_share_it(system, make_learner):
    shy = make_learner("shy", purposes=())
    system.tell(film(shy, "completed", 60, time=60, **{"played-segments": "0[.]60"}))
    assert list(Event.objects.values_list("kind", flat=True)) == ["unit.completed"]


def test_a_browser_that_asks_not_to_be_recorded_is_heard(content, learner, settings):
    settings.TRACKING = {**settings.TRACKING, "NOTICE_PURPOSES": ("engagement",)}
    Consent.objects.filter(learner=learner).delete()
    consent.clear_consent_cache(learner.pk)
    assert say(content).status_code == 200
    told = {"actor": content.actor, "verb": {"id": f"{ADL}experienced"}, "object": {"id": f"{ELSEWHERE}/2"}}
    answer = content.client.post(
        f"{BASE}/statements", json.dumps(told), content_type="application/json", headers={"Sec-GPC": "1"}
    )
    assert answer.status_code == 200
    assert [row.activity for row in XapiStatement.objects.all()] == [ELSEWHERE]


def test_no_document_is_kept_of_a_learner_who_lets_nothing_be_kept(content, learner):
    consent.refuse(learner.pk, [Purpose.RECORD, Purpose.ENGAGEMENT], source="test")
    place = f"{BASE}/activities/state?activityId={ELSEWHERE}&stateId=b&agent={json.dumps(content.actor)}"
    assert content.client.put(place, b"{}", content_type="application/json").status_code == 403
    assert not XapiDocument.objects.exists()


def test_content_cannot_date_a_film_back_to_make_up_time(content, learner, now):
    """What the learner's own browser says of yesterday may be true, but nobody has seen it."""
    yesterday = [film(learner, "played", -86_400, time=0), film(learner, "paused", -82_800, time=3600)]
    for each in yesterday:
        assert content.tell(each | {"actor": content.actor}).status_code == 200
    jobs.roll_up(now=timezone.now())
    assert sum(PageView.objects.values_list("active_ms", flat=True)) == 0
    assert sum(PageView.objects.values_list("estimated_ms", flat=True)) == 0
