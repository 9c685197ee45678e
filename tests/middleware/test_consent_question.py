import re

import pytest
from django.test import Client

from tests import small_host
from tests.middleware.answers import opened
from tracking.events import PAGE_OPENED, Purpose
from tracking.privacy import consent

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.small_host")]


def test_a_learner_whom_nobody_asked_yet_is_asked_and_not_recorded(make_learner):
    client = Client()
    client.force_login(make_learner(purposes=()))

    body = client.get("/page/c/u/?p=2").content.decode()

    assert 'name="answer" value="yes"' in body
    assert 'name="answer" value="no"' in body
    assert 'name="next" value="/page/c/u/?p=2"' in body
    assert "<script" not in body
    assert opened() == []


def test_the_question_is_answered_without_a_script_and_leads_back_to_the_page(make_learner):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_learner(purposes=()))
    page = client.get("/page/c/u/").content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))

    response = client.post("/tracking/consent/", {**hidden, "answer": "yes"})

    assert (response.status_code, response["Location"]) == (302, "/page/c/u/")


@pytest.mark.parametrize("headers", [{"Sec-GPC": "1"}, {"Sec-Fetch-Dest": "empty"}])
def test_nobody_is_asked_against_global_privacy_control_nor_in_data_for_scripts(make_learner, headers):
    client = Client(headers=headers)
    client.force_login(make_learner(purposes=()))

    assert client.get("/page/c/u/").content.decode() == small_host.PAGE


def test_not_now_is_remembered_and_records_nothing(make_learner):
    client = Client()
    client.force_login(make_learner(purposes=()))
    assert 'name="answer" value="later"' in client.get("/page/c/u/").content.decode()

    client.post("/tracking/consent/", {"purpose": "engagement", "answer": "later", "next": "/page/c/u/"})

    assert client.get("/page/c/u/").content.decode() == small_host.PAGE
    assert opened() == []


def test_both_answers_of_the_question_look_alike(make_learner):
    client = Client()
    client.force_login(make_learner(purposes=()))

    buttons = re.findall(r"<button ([^>]*)value=\"\w+\">", client.get("/page/c/u/").content.decode())

    assert buttons == ['class="trk-button" type="submit" name="answer" '] * 3


def test_where_a_notice_is_enough_a_page_tells_once_and_records(make_learner, settings):
    settings.TRACKING = {**settings.TRACKING, "NOTICE_PURPOSES": ("engagement",)}
    client = Client()
    client.force_login(make_learner(purposes=()))
    page = client.get("/page/c/u/").content.decode()
    assert "You may object, now or later" in page
    assert "<script" in page

    client.post("/tracking/consent/", {"purpose": "engagement", "answer": "later", "next": "/page/c/u/"})

    page = client.get("/page/c/u/").content.decode()
    assert "trk-consent" not in page
    assert "<script" in page
    assert [kind for kind, *_ in opened()] == [PAGE_OPENED] * 2


def test_an_objection_ends_it_where_a_notice_is_enough(make_learner, settings):
    settings.TRACKING = {**settings.TRACKING, "NOTICE_PURPOSES": ("engagement",)}
    client = Client()
    client.force_login(make_learner(purposes=()))

    client.post("/tracking/consent/", {"purpose": "engagement", "answer": "no", "next": "/page/c/u/"})

    assert client.get("/page/c/u/").content.decode() == small_host.PAGE
    assert opened() == []


def test_an_instructor_of_the_course_is_not_asked(make_learner, settings, monkeypatch):
    monkeypatch.setattr(small_host.Adapter, "instructed_course_keys", lambda self, user: ["c"])
    client = Client()
    client.force_login(make_learner(purposes=()))

    assert client.get("/page/c/u/").content.decode() == small_host.PAGE
    assert b"trk-consent" in client.get("/page/another/u/").content


def test_a_learner_who_refused_gets_the_page_as_the_host_made_it(make_learner):
    learner = make_learner(purposes=())
    consent.refuse(learner.pk, [Purpose.ENGAGEMENT], source="test")
    client = Client()
    client.force_login(learner)

    assert client.get("/page/c/u/").content.decode() == small_host.PAGE
    assert opened() == []
