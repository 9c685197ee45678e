"""A front end that logs in by token loads the tracker and asks for consent by itself."""

import re

import pytest
from django.core import signing
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from tests.messages import batch, opened
from tests.school import Adapter
from tracking import jobs
from tracking.capture import ingest_tokens
from tracking.events import Purpose
from tracking.models import Consent, Event
from tracking.privacy import consent

TRACKER = "/learning/api/v1/courses/c/tracker/"
CONSENT = "/learning/api/v1/consent/"
UNASKED = [{"purpose": purpose, "is_granted": None} for purpose in ("nudges", "comparison")]
"""What else waits for an answer."""


@pytest.fixture
def front_end(school, learner):
    school.course("c", lessons=["a"])
    school.enrol(learner, "c")
    client = Client()
    client.force_login(learner)
    return client


def test_after_a_yes_it_is_told_where_the_tracker_is_and_whose_events_it_sends(front_end):
    told = front_end.get(TRACKER).json()

    assert told["state"] == "on"
    assert told["script"].endswith("learningtime/page/main.js")
    assert re.fullmatch(r"[0-9a-f]{16}", told["owner"])


def test_events_come_in_by_the_address_alone(front_end, learner):
    now = timezone.now()
    address = front_end.get(TRACKER).json()["endpoint"]
    stranger = Client(headers={"Sec-Fetch-Site": "same-origin"})

    answer = stranger.post(address, batch(opened(now, "a"), sent_at=now), content_type="application/json")

    assert (answer.status_code, answer.json()["accepted"]) == (202, 1)
    assert list(Event.objects.values_list("learner", "unit_key")) == [(learner.pk, "a")]


OTHER_SITE = {"Origin": "https://app.example.org", "Sec-Fetch-Site": "cross-site"}


def test_a_front_end_on_a_known_origin_sends_with_its_token(front_end, learner, settings, now):
    settings.TRACKING = {**settings.TRACKING, "FRONT_END_ORIGINS": ("https://app.example.org",)}
    address = front_end.get(TRACKER).json()["endpoint"]
    answer = Client(headers=OTHER_SITE).post(
        address, batch(opened(now, "a"), sent_at=now), content_type="text/plain"
    )
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (202, OTHER_SITE["Origin"])


def test_a_front_end_on_a_known_origin_sends_nothing_with_a_session(front_end, settings, now):
    settings.TRACKING = {**settings.TRACKING, "FRONT_END_ORIGINS": ("https://app.example.org",)}
    body = batch(opened(now, "a"), sent_at=now)
    answer = front_end.post("/learning/events/", body, content_type="text/plain", headers=OTHER_SITE)
    assert answer.json()["code"] == "cross_origin"


def test_a_page_on_an_unknown_origin_sends_nothing_with_a_token(front_end, settings, now):
    settings.TRACKING = {**settings.TRACKING, "FRONT_END_ORIGINS": ("https://other.example.org",)}
    address = front_end.get(TRACKER).json()["endpoint"]
    answer = Client(headers=OTHER_SITE).post(
        address, batch(opened(now, "a"), sent_at=now), content_type="text/plain"
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_origin")
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_front_end_elsewhere_may_ask_for_whole_addresses(front_end):
    told = front_end.get(TRACKER, {"absolute": "true"}).json()
    assert {told[name].partition("/learning")[0] for name in ("script", "endpoint")} == {
        "http://testserver/static",
        "http://testserver",
    }


@pytest.mark.django_db(transaction=True)
def test_a_pass_of_a_learner_who_withdrew_stores_nothing(front_end, learner):
    now = timezone.now()
    address = front_end.get(TRACKER).json()["endpoint"]
    front_end.post(CONSENT, {"purpose": "engagement", "is_granted": False}, content_type="application/json")

    answer = Client(headers={"Sec-Fetch-Site": "same-origin"}).post(
        address, batch(opened(now, "a"), sent_at=now), content_type="application/json"
    )

    assert answer.status_code == 403
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    "make",
    [
        lambda user: "forged",
        lambda user: ingest_tokens.issue_token(user)[:-1],
        lambda user: signing.dumps(str(user.pk), salt="another"),
        lambda user: signing.dumps(str(user.pk), salt=ingest_tokens.SALT),
    ],
    ids=["no pass", "cut", "for another purpose", "without its account"],
)
def test_a_forged_pass_is_nobodys(front_end, learner, make, now):
    given = make(learner)
    answer = Client(headers={"Sec-Fetch-Site": "same-origin"}).post(
        f"/learning/events/{given}/", batch(opened(now, "a"), sent_at=now), content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (401, "logged_out")


def test_a_pass_ends_after_a_week(learner, time_machine, now):
    time_machine.move_to(now, tick=False)
    given = ingest_tokens.issue_token(learner)
    assert ingest_tokens.find_token_learner(given) == learner.pk
    time_machine.shift(ingest_tokens.VALID_SECONDS + 1)
    assert ingest_tokens.find_token_learner(given) is None


def test_before_an_answer_it_is_told_to_ask_and_nothing_else(front_end, make_learner):
    front_end.force_login(make_learner("li", purposes=()))
    told = front_end.get(TRACKER).json()
    assert told.pop("as_of")
    assert told == {"state": "prompt", "script": "", "endpoint": "", "owner": ""}


def test_after_a_no_there_is_nothing_to_do(front_end, make_learner):
    li = make_learner("li", purposes=())
    consent.refuse(li.pk, [Purpose.ENGAGEMENT], source="test")
    front_end.force_login(li)
    assert front_end.get(TRACKER).json()["state"] == "off"


def test_while_tracking_is_off_there_is_nothing_to_do(front_end, settings):
    settings.TRACKING = {**settings.TRACKING, "ENABLED": False}
    assert front_end.get(TRACKER).json()["state"] == "off"


@pytest.mark.django_db(transaction=True)
def test_an_answer_is_recorded_and_told(front_end, make_learner):
    front_end.force_login(make_learner("li", purposes=()))
    assert front_end.get(CONSENT).json()["answers"] == [
        {"purpose": "engagement", "is_granted": None},
        *UNASKED,
    ]

    told = front_end.post(
        CONSENT, {"purpose": "engagement", "is_granted": True}, content_type="application/json"
    )

    assert told.json()["answers"] == [{"purpose": "engagement", "is_granted": True}, *UNASKED]
    assert front_end.get(TRACKER).json()["state"] == "on"


@pytest.mark.parametrize("given", [{"purpose": "record"}, {"purpose": "nonsense"}, {}, {"is_granted": 3}])
def test_an_answer_to_what_nobody_asked_is_refused(front_end, given):
    answer = front_end.post(CONSENT, {"is_granted": True} | given, content_type="application/json")
    assert answer.status_code == 400


def test_nobody_gets_a_pass_without_a_log_in(school):
    assert Client().get(TRACKER).status_code in {401, 403}


def test_not_now_is_an_answer_that_permits_nothing(make_learner):
    learner = make_learner(purposes=())
    browser = Client()
    browser.force_login(learner)
    answer = browser.post(
        "/learning/api/v1/consent/",
        {"purpose": "engagement", "is_granted": None},
        content_type="application/json",
    )
    assert answer.status_code == 200
    assert answer.json()["answers"] == [{"purpose": "engagement", "is_granted": None}, *UNASKED]
    assert list(Consent.objects.values_list("learner", "purpose", "is_granted")) == [
        (learner.pk, "engagement", None)
    ]
    assert not consent.covers(learner.pk, Purpose.ENGAGEMENT, within=0)


def test_somebody_who_may_not_agree_alone_is_refused(school, make_learner, monkeypatch):
    monkeypatch.setattr(Adapter, "may_consent", lambda self, user, purpose: False)
    browser = Client()
    browser.force_login(make_learner(purposes=()))
    answer = browser.post(
        "/learning/api/v1/consent/",
        {"purpose": "engagement", "is_granted": True},
        content_type="application/json",
    )
    assert answer.status_code == 403


def test_a_browser_that_asks_for_privacy_records_nothing_through_the_api(front_end, learner, settings):
    settings.TRACKING = {**settings.TRACKING, "NOTICE_PURPOSES": ["engagement"]}
    Consent.objects.all().delete()
    cache.clear()
    event = {"kind": "page.opened", "course_key": "c", "unit_key": "a"}
    jobs.refresh_outlines(now=timezone.now())
    answers = [
        front_end.post("/learning/api/v1/events/", event, content_type="application/json", headers=headers)
        for headers in ({"Sec-GPC": "1"}, {})
    ]
    assert [answer.json()["is_stored"] for answer in answers] == [False, True]
