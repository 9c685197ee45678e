"""Whoever is shown a learner's data by a page, the API or a command leaves a note that the learner can read."""

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.factories import COURSE
from tests.school import Adapter
from tracking import jobs
from tracking.admin.read_only import LearnerDataAdmin
from tracking.models import AccessLogEntry
from tracking.privacy import access_log
from tracking.privacy.access_log import AccessChannel, AccessedResource


@pytest.fixture
def ines(school, monkeypatch):
    monkeypatch.setattr(Adapter, "can_view_course", lambda self, who, key: who.get_username() == "ines")
    return factories.UserFactory(username="ines")


@pytest.fixture
def lena(db):
    lena = factories.UserFactory(username="lena")
    factories.CourseOutlineFactory()
    factories.EnrolmentFactory(learner=lena)
    factories.share_engagement(lena)
    return lena


def visit(viewer, name, *keys):
    browser = Client()
    browser.force_login(viewer)
    assert browser.get(reverse(f"tracking:{name}", args=[COURSE, *keys])).status_code == 200


def noted():
    return list(
        AccessLogEntry.objects.order_by("pk").values_list(
            "viewer", "learner", "resource", "channel", "course_key"
        )
    )


@pytest.mark.parametrize(
    ("name", "what", "door"),
    [
        ("class_learner", AccessedResource.PROGRESS, AccessChannel.PAGE),
        ("class_learner_time_statement", AccessedResource.TIME, AccessChannel.PAGE),
        ("api:learner_progress", AccessedResource.PROGRESS, AccessChannel.API),
    ],
)
def test_what_shows_one_learner_to_an_instructor_is_noted(lena, ines, name, what, door):
    visit(ines, name, lena.pk)
    assert noted() == [(ines.pk, lena.pk, what, door, COURSE)]


@pytest.mark.parametrize(
    ("name", "door"), [("class", AccessChannel.PAGE), ("api:class_overview", AccessChannel.API)]
)
def test_what_shows_the_class_by_name_is_noted_once_for_all(lena, ines, name, door):
    factories.EnrolmentFactory.create_batch(3)
    visit(ines, name)
    assert noted() == [(ines.pk, None, AccessedResource.CLASS, door, COURSE)]


def test_a_list_of_findings_is_noted_for_each_learner_in_it(lena, ines):
    for unit_key in ("a", "b"):
        factories.FindingFactory(learner=lena, unit_key=unit_key)
    other = factories.EnrolmentFactory.create().learner
    factories.FindingFactory(learner=other)
    factories.FindingFactory()  # About the class.
    visit(ines, "api:findings")
    assert sorted(noted()) == [
        (ines.pk, who.pk, AccessedResource.FINDINGS, AccessChannel.API, COURSE)
        for who in sorted([lena, other], key=lambda u: u.pk)
    ]


@pytest.mark.parametrize("name", ["my_progress", "api:my_progress", "api:findings"])
def test_learners_who_look_at_their_own_data_leave_no_note(lena, school, name):
    factories.FindingFactory(learner=lena)
    visit(lena, name)
    assert noted() == []


def test_what_nobody_was_shown_is_not_noted(lena, ines, school):
    browser = Client()
    browser.force_login(factories.UserFactory.create(username="ivo"))
    assert browser.get(reverse("tracking:class_learner", args=[COURSE, lena.pk])).status_code == 404
    browser.force_login(ines)
    assert browser.get(reverse("tracking:class_learner", args=[COURSE, ines.pk])).status_code == 404
    assert noted() == []


def test_a_learner_reads_the_looks_at_them_and_at_their_class_newest_first(lena, ines, now):
    access_log.log_access(ines, lena.pk, AccessedResource.TIME, course_key=COURSE)
    access_log.log_class_access(ines, COURSE)
    access_log.log_class_access(ines, "another course")
    access_log.log_access(
        ines, factories.EnrolmentFactory.create().learner.pk, AccessedResource.TIME, course_key=COURSE
    )
    access_log.log_class_access(lena, COURSE)  # A learner who helps to teach: no look of somebody else.
    access_log.log_access(None, lena.pk, AccessedResource.EXPORT, door=AccessChannel.COMMAND)
    for days, look in enumerate(AccessLogEntry.objects.order_by("pk")):
        AccessLogEntry.objects.filter(pk=look.pk).update(accessed_at=now + timedelta(days=days))
    found = access_log.accesses_of_learner(lena.pk).values_list("resource", flat=True)
    assert list(found) == [AccessedResource.EXPORT, AccessedResource.CLASS, AccessedResource.TIME]


def test_a_look_outlives_the_account_of_whoever_looked(lena, ines):
    access_log.log_access(ines, lena.pk, AccessedResource.TIME)
    ines.delete()
    assert noted() == [(None, lena.pk, AccessedResource.TIME, AccessChannel.PAGE, "")]


def test_notes_go_when_their_time_is_over(lena, ines, now, settings):
    settings.TRACKING = {**settings.TRACKING, "ACCESS_LOG_DAYS": 10}
    for what in (AccessedResource.TIME, AccessedResource.PROGRESS):
        access_log.log_access(ines, lena.pk, what)
    AccessLogEntry.objects.filter(resource=AccessedResource.TIME).update(accessed_at=now - timedelta(days=11))
    AccessLogEntry.objects.filter(resource=AccessedResource.PROGRESS).update(
        accessed_at=now - timedelta(days=9)
    )
    jobs.purge_expired(now=now)
    assert list(AccessLogEntry.objects.values_list("resource", flat=True)) == [AccessedResource.PROGRESS]


def test_statements_that_are_written_by_command_are_noted_once_for_each_learner(lena, tmp_path):
    factories.EventFactory.create_batch(2, learner=lena)
    call_command("tracking_xapi", "--output", str(tmp_path / "out"), stderr=StringIO())
    assert noted() == [(None, lena.pk, AccessedResource.STATEMENTS, AccessChannel.COMMAND, "")]


def test_every_table_of_the_admin_with_a_learner_notes_who_looked():
    ours = [
        each
        for model, each in admin.site._registry.items()
        if hasattr(model, "learner") and model._meta.app_label == "tracking"
    ]
    assert len(ours) >= 8
    assert [type(each).__name__ for each in ours if not isinstance(each, LearnerDataAdmin)] == []
    assert {type(each).__name__ for each in ours if getattr(each, "resource", None) is None} == {
        "PendingChangeAdmin",
        "AccessLogEntryAdmin",
    }
