"""A learner takes their data along and erases it from a front end of its own, as on the pages."""

import io
import zipfile
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.utils import timezone
from rest_framework.authtoken.models import Token

from tests import factories
from tests.factories import COURSE
from tests.privacy.everything import counts, fill
from tracking import jobs
from tracking.models import Consent, Download
from tracking.privacy import downloads
from tracking.xapi.models import XapiStatement

ME = "/learning/api/v1/me/"


@pytest.fixture
def zoe(school, learner):
    fill(learner, factories.UserFactory.create(username="ines"))
    factories.CourseOutlineFactory.create(course_key=COURSE)
    school.course(COURSE)
    school.enrol(learner, COURSE)
    return learner


@pytest.fixture
def ask(zoe):
    """Ask as a program that has the learner's token."""
    return token(zoe)


def token(user):
    return Client(headers={"Authorization": f"Token {Token.objects.create(user=user).key}"})


def erase(ask, **given):
    body = {"what": "engagement", "course_key": "", "is_confirmed": True, **given}
    return ask.post(f"{ME}erasure/", body, content_type="application/json")


def test_a_file_is_asked_for_followed_and_fetched(ask, zoe):
    Download.objects.all().delete()
    assert ask.get(f"{ME}download/").status_code == 404
    asked = ask.post(f"{ME}download/")
    assert (asked.status_code, asked.json()["finished_at"], asked.json()["url"]) == (202, None, "")
    jobs.prepare_downloads(now=timezone.now())
    made = ask.get(f"{ME}download/").json()
    assert made["id"] == asked.json()["id"]
    assert made["written_row_count"] == made["row_count"] > 0
    file = ask.get(made["url"])
    assert file["Content-Type"] == "application/zip"
    assert int(file["Content-Length"]) == made["byte_count"]
    assert "json/events.json" in zipfile.ZipFile(io.BytesIO(b"".join(file.streaming_content))).namelist()


def test_an_async_server_reads_a_file_piece_by_piece(ask, monkeypatch):
    """All of it was once in memory there before its first byte was sent."""
    monkeypatch.setattr(downloads, "PART_BYTES", 1000)
    ask.post(f"{ME}download/")
    jobs.prepare_downloads(now=timezone.now())
    file = ask.get(ask.get(f"{ME}download/").json()["url"])

    async def parts():
        return [part async for part in file]

    assert {len(part) for part in async_to_sync(parts)()[:-1]} == {1000}


def test_asking_twice_makes_one_file(ask):
    assert ask.post(f"{ME}download/").json()["id"] == ask.post(f"{ME}download/").json()["id"]


def test_the_address_of_a_file_opens_nothing_to_others_nor_when_its_time_is_over(
    ask, make_learner, time_machine
):
    ask.post(f"{ME}download/")
    jobs.prepare_downloads(now=timezone.now())
    url = ask.get(f"{ME}download/").json()["url"]
    assert token(make_learner("other")).get(url).status_code == 404
    assert Client().get(url).status_code == 401
    time_machine.move_to(timezone.now() + timedelta(hours=49))
    assert ask.get(url).status_code == 404


def test_one_purpose_is_erased_and_the_course_record_stays(ask, zoe):
    told = erase(ask)
    assert told.status_code == 200
    assert told.json()["erased_count"] > 0
    assert (counts(zoe)["page_views"], counts(zoe)["attempts"]) == (0, 1)


def test_one_course_is_erased_and_what_names_none_is_told(ask, zoe):
    factories.EventFactory.create(learner=zoe, course_key="other")
    assert erase(ask, course_key=COURSE).json()["left_count"] == XapiStatement.objects.count() + 1
    assert counts(zoe)["events"] == 2


def test_everything_that_may_be_goes_and_is_a_no_to_what_follows(ask, zoe, settings):
    settings.TRACKING = {**settings.TRACKING, "KEEP_COURSE_RECORD": False}
    assert "record" in ask.get(f"{ME}erasure/").json()["choices"]
    erase(ask, what="everything")
    assert {name for name, count in counts(zoe).items() if count} == {"consent"}
    assert set(Consent.objects.values_list("is_granted", "source")) == {(False, "API")}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"is_confirmed": False}, "is_confirmed"),
        ({"is_confirmed": None}, "is_confirmed"),
        ({"what": "record"}, "what"),
        ({"what": "all"}, "what"),
        ({"course_key": "nowhere"}, "course_key"),
    ],
)
def test_what_is_not_meant_or_not_possible_erases_nothing(ask, zoe, given, field):
    before = counts(zoe)
    answer = erase(ask, **given)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)
    assert counts(zoe) == before


def test_a_page_of_another_site_erases_nothing(zoe):
    """By the cookie of a log-in alone: Django's token is asked for."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(zoe)
    before = counts(zoe)
    assert erase(browser).status_code == 403
    assert browser.post(f"{ME}download/").status_code == 403
    assert counts(zoe) == before
