"""A learner sees every row there is about them, who looked, takes it along, objects and erases."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.dashboards.test_learner_pages import words
from tests.factories import COURSE
from tests.privacy.everything import counts, fill
from tracking import jobs
from tracking.models import Action, Consent, Download, Finding
from tracking.privacy import consent, downloads, inventory
from tracking.privacy.inventory import INVENTORY
from tracking.xapi.models import XapiDocument, XapiStatement

DATA = reverse("tracking:data")
ERASE = reverse("tracking:erase")


@pytest.fixture
def zoe(course: Any, ines: User) -> User:
    """A learner with a row in every table."""
    zoe: User = factories.UserFactory.create(username="zoe", first_name="Zoe", last_name="Zahl")
    fill(zoe, ines)
    return zoe


def file_of(learner: User, browser: Client) -> zipfile.ZipFile:
    browser.post(reverse("tracking:request_download"))
    jobs.prepare_downloads(now=timezone.now())
    download = Download.objects.filter(learner=learner).latest("requested_at")
    answer = browser.get(reverse("tracking:download_file", args=[download.pk]))
    assert answer["Content-Type"] == "application/zip"
    content = b"".join(answer)
    assert answer["Content-Length"] == str(len(content))
    return zipfile.ZipFile(io.BytesIO(content))


def test_the_page_leads_to_every_table_and_says_how_many_rows_it_has(
    zoe: User, as_: Callable[[User], Client]
) -> None:
    page = as_(zoe).get(DATA)
    assert page.context["tables"] == [
        (each, counts(zoe)[each.name] + (each.name == "access_log") * 0) for each in INVENTORY
    ]
    for each in INVENTORY:
        assert reverse("tracking:data_records", args=[each.name]) in page.content.decode()


@pytest.mark.parametrize("holding", INVENTORY, ids=lambda holding: holding.name)
def test_every_table_has_a_page_with_each_of_its_rows(
    holding: Any, zoe: User, as_: Callable[[User], Client]
) -> None:
    page = as_(zoe).get(reverse("tracking:data_records", args=[holding.name]))
    assert {row.key for row in page.context["rows"]} == {
        row.pk for row in inventory.personal_rows(holding, zoe.pk)
    }
    assert str(holding.title) in page.content.decode()


def test_rows_are_in_pages(zoe: User, as_: Callable[[User], Client]) -> None:
    factories.EventFactory.create_batch(60, learner=zoe)
    first, second = (
        as_(zoe).get(reverse("tracking:data_records", args=["events"]), {"page": page}) for page in (1, 2)
    )
    assert (len(first.context["rows"]), len(second.context["rows"])) == (50, 12)
    assert "1 to 50 of 62" in words(first)


def test_nobody_sees_the_rows_of_somebody_else(zoe: User, lena: User, as_: Callable[[User], Client]) -> None:
    browser = as_(lena)
    page = browser.get(reverse("tracking:data_records", args=["attempts"]))
    assert page.context["rows"] == []
    download = Download.objects.filter(learner=zoe).latest("requested_at")
    Download.objects.update(finished_at=timezone.now(), expires_at=timezone.now() + timedelta(hours=1))
    assert browser.get(reverse("tracking:download_file", args=[download.pk])).status_code == 404
    finding = Finding.objects.get(learner=zoe)
    answer = browser.post(reverse("tracking:respond_to_finding", args=[finding.pk]), {"answer": "inaccurate"})
    assert answer.status_code == 404


def test_who_looked_is_told_by_name_with_what_and_how(zoe: User, as_: Callable[[User], Client]) -> None:
    said = words(as_(zoe).get(reverse("tracking:data_records", args=["access_log"])))
    assert "Who: Ines Ito" in said
    assert "What: your time statement" in said
    assert "How: on a page" in said


def test_a_learner_says_that_a_finding_is_wrong_and_the_instructor_reads_it(
    zoe: User, ines: User, as_: Callable[[User], Client]
) -> None:
    finding = Finding.objects.get(learner=zoe)
    browser = as_(zoe)
    address = reverse("tracking:respond_to_finding", args=[finding.pk])
    answer = browser.post(address, {"answer": "inaccurate", "text": "I was ill."}, follow=True)
    assert "Saved. Your instructors can read it." in words(answer)
    browser.post(address, {"answer": "remark", "text": "And I am back."})
    assert list(Action.objects.filter(actor=zoe).order_by("pk").values_list("kind", "text")) == [
        ("dismissed", "I was ill."), ("noted", "And I am back."),
    ]  # fmt: skip
    said = words(as_(ines).get(reverse("tracking:class_learner", args=[COURSE, zoe.pk])))
    assert "Learner comments" in said
    assert "I was ill." in said
    assert "And I am back." in said


def test_a_remark_without_words_is_none_and_its_page_says_so(
    zoe: User, as_: Callable[[User], Client]
) -> None:
    """Who pressed the button with nothing written had a blank page."""
    finding, known = Finding.objects.get(learner=zoe), Action.objects.count()
    answer = as_(zoe).post(reverse("tracking:respond_to_finding", args=[finding.pk]), {"answer": "remark"})
    assert (Action.objects.count() - known, "This field is required." in words(answer)) == (0, True)


def test_words_that_are_too_long_are_shown_again_with_the_reason(
    zoe: User, as_: Callable[[User], Client]
) -> None:
    finding, text = Finding.objects.get(learner=zoe), "x" * 1001
    address = reverse("tracking:respond_to_finding", args=[finding.pk])
    said = words(as_(zoe).post(address, {"answer": "inaccurate", "text": text}))
    assert ("at most 1000 characters" in said, text in said) == (True, True)


def test_to_object_to_what_is_cleared_changes_nothing_and_says_so(
    zoe: User, as_: Callable[[User], Client]
) -> None:
    finding = Finding.objects.get(learner=zoe)
    Finding.objects.update(cleared_at=timezone.now())
    answer = as_(zoe).post(
        reverse("tracking:respond_to_finding", args=[finding.pk]), {"answer": "inaccurate"}
    )
    assert "Nothing changed" in words(answer)


def test_the_file_has_every_row_and_every_field_of_every_table(
    zoe: User, as_: Callable[[User], Client]
) -> None:
    """Model by model against the database: a table or a field that is left out fails here."""
    factories.EventFactory.create_batch(3, learner=zoe)
    file = file_of(zoe, as_(zoe))
    for each in INVENTORY:
        rows = json.loads(file.read(f"json/{each.name}.json"))
        stored = inventory.personal_rows(each, zoe.pk)
        fields = (
            {field.name for field in each.model._meta.concrete_fields} - {each.learner} - each.hidden_fields
        )
        assert [{name.removesuffix("_id") for name in row} for row in rows] == [
            {name.removesuffix("_id") for name in fields}
        ] * stored.count(), each.name
        assert {str(row[each.model._meta.pk.attname]) for row in rows} == {str(row.pk) for row in stored}
        lines = list(csv.reader(io.StringIO(file.read(f"csv/{each.name}.csv").decode())))
        assert len(lines) == len(rows) + 1
    assert {line["verb"]["id"] for line in json.loads(file.read("xapi/statements.json"))}
    assert "This is everything recorded about you" in file.read("README.txt").decode()


def test_no_cell_of_the_file_is_taken_for_a_formula(zoe: User, as_: Callable[[User], Client]) -> None:
    Action.objects.filter(learner=zoe).update(text="=HYPERLINK(1)")
    table = file_of(zoe, as_(zoe)).read("csv/actions.csv").decode()
    assert "'=HYPERLINK(1)" in table
    assert ",=HYPERLINK" not in table


def test_the_page_says_how_far_the_file_is_and_then_where(zoe: User, as_: Callable[[User], Client]) -> None:
    Download.objects.all().delete()
    browser = as_(zoe)
    assert "Create my file" in words(browser.get(DATA))
    browser.post(reverse("tracking:request_download"))
    Download.objects.update(row_count=20, written_row_count=7)
    assert "Preparing your file: 7 of 20 rows." in words(browser.get(DATA))
    jobs.prepare_downloads(now=timezone.now())
    assert "Your file was created" in words(browser.get(DATA))


def test_asking_twice_makes_one_file(zoe: User, as_: Callable[[User], Client]) -> None:
    Download.objects.all().delete()
    for _ in range(2):
        as_(zoe).post(reverse("tracking:request_download"))
    assert Download.objects.count() == 1


def test_a_file_goes_when_its_time_is_over(zoe: User, as_: Callable[[User], Client]) -> None:
    file_of(zoe, as_(zoe))
    later = timezone.now() + timedelta(hours=49)
    download = Download.objects.filter(learner=zoe).latest("requested_at")
    Download.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert as_(zoe).get(reverse("tracking:download_file", args=[download.pk])).status_code == 404
    jobs.prepare_downloads(now=later)
    assert not Download.objects.filter(pk=download.pk).exists()


def test_a_file_that_was_begun_and_never_finished_is_begun_anew(zoe: User) -> None:
    Download.objects.all().delete()
    now = timezone.now()
    download = downloads.request_download(zoe.pk, now=now)
    Download.objects.update(started_at=now)
    assert downloads.prepare_downloads(now=now) == 0
    assert downloads.prepare_downloads(now=now + timedelta(hours=2)) == 1
    download.refresh_from_db()
    assert b"".join(downloads.iter_file_parts(download))[:2] == b"PK"


def test_a_learner_erases_what_they_allowed_and_keeps_the_course_record(
    zoe: User, as_: Callable[[User], Client]
) -> None:
    answer = as_(zoe).post(ERASE, {"what": "engagement", "course": "", "is_confirmed": "on"}, follow=True)
    assert "rows were erased" in words(answer)
    assert (counts(zoe)["page_views"], counts(zoe)["attempts"]) == (0, 1)


def test_to_erase_one_course_says_what_names_no_course_and_is_left(
    zoe: User, as_: Callable[[User], Client]
) -> None:
    XapiStatement.objects.filter(learner=zoe).update(course_key="")
    XapiDocument.objects.filter(learner=zoe).update(course_key=COURSE)
    assert "1 row about you names no course" in words(as_(zoe).get(ERASE))
    answer = as_(zoe).post(ERASE, {"what": "engagement", "course": COURSE, "is_confirmed": "on"}, follow=True)
    assert "1 row that names no course was kept" in words(answer)
    assert (counts(zoe)["statements"], counts(zoe)["documents"]) == (1, 0)


def test_nothing_is_erased_that_is_not_meant_or_has_to_be_kept(
    zoe: User, as_: Callable[[User], Client]
) -> None:
    before = counts(zoe)
    browser = as_(zoe)
    browser.post(ERASE, {"what": "engagement", "course": ""})
    browser.post(ERASE, {"what": "record", "course": "", "is_confirmed": "on"})
    browser.post(ERASE, {"what": "engagement", "course": "nowhere", "is_confirmed": "on"})
    assert counts(zoe) == before
    assert "The institution has to keep your course record" in words(browser.get(ERASE))


def test_everything_goes_where_the_site_holds_nothing_back_and_recording_stops(
    zoe: User, as_: Callable[[User], Client], settings: Any
) -> None:
    settings.TRACKING = {**settings.TRACKING, "KEEP_COURSE_RECORD": False}
    as_(zoe).post(ERASE, {"what": "everything", "course": "", "is_confirmed": "on"})
    asked = consent.purposes_asked()
    assert {name: count for name, count in counts(zoe).items() if count} == {"consent": len(asked)}
    said = Consent.objects.filter(learner=zoe).values_list("purpose", "is_granted", "source")
    assert set(said) == {(purpose.value, False, "erase page") for purpose in asked}


def test_the_page_costs_one_query_for_each_table(
    zoe: User, as_: Callable[[User], Client], django_assert_max_num_queries: Any
) -> None:
    browser = as_(zoe)
    with django_assert_max_num_queries(len(INVENTORY) + 12):
        browser.get(DATA)
