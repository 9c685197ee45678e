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
from tracking.admin.reading import OfLearnersAdmin
from tracking.insights import jobs
from tracking.models import Look
from tracking.privacy import access_log
from tracking.privacy.access_log import Door, What


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
    return list(Look.objects.order_by("pk").values_list("viewer", "learner", "what", "door", "course_key"))


@pytest.mark.parametrize(
    ("name", "what", "door"),
    [
        ("class_learner", What.PROGRESS, Door.PAGE),
        ("learner_statement", What.TIME, Door.PAGE),
        ("learner_progress", What.PROGRESS, Door.API),
    ],
)
def test_what_shows_one_learner_to_an_instructor_is_noted(lena, ines, name, what, door):
    visit(ines, name, lena.pk)
    assert noted() == [(ines.pk, lena.pk, what, door, COURSE)]


@pytest.mark.parametrize(("name", "door"), [("class", Door.PAGE), ("class_overview", Door.API)])
def test_what_shows_the_class_by_name_is_noted_once_for_all(lena, ines, name, door):
    factories.EnrolmentFactory.create_batch(3)
    visit(ines, name)
    assert noted() == [(ines.pk, None, What.CLASS, door, COURSE)]


def test_a_list_of_findings_is_noted_for_each_learner_in_it(lena, ines):
    for unit_key in ("a", "b"):
        factories.FindingFactory(learner=lena, unit_key=unit_key)
    other = factories.EnrolmentFactory.create().learner
    factories.FindingFactory(learner=other)
    factories.FindingFactory()  # About the class.
    visit(ines, "findings")
    assert sorted(noted()) == [
        (ines.pk, who.pk, What.FINDINGS, Door.API, COURSE)
        for who in sorted([lena, other], key=lambda u: u.pk)
    ]


@pytest.mark.parametrize("name", ["progress", "my_progress", "findings"])
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
    access_log.record_look(ines, lena.pk, What.TIME, course_key=COURSE)
    access_log.record_class_look(ines, COURSE)
    access_log.record_class_look(ines, "another course")
    access_log.record_look(ines, factories.EnrolmentFactory.create().learner.pk, What.TIME, course_key=COURSE)
    access_log.record_class_look(lena, COURSE)  # A learner who helps to teach: no look of somebody else.
    access_log.record_look(None, lena.pk, What.EXPORT, door=Door.COMMAND)
    for days, look in enumerate(Look.objects.order_by("pk")):
        Look.objects.filter(pk=look.pk).update(looked_at=now + timedelta(days=days))
    found = access_log.looks_at(lena.pk).values_list("what", flat=True)
    assert list(found) == [What.EXPORT, What.CLASS, What.TIME]


def test_a_look_outlives_the_account_of_whoever_looked(lena, ines):
    access_log.record_look(ines, lena.pk, What.TIME)
    ines.delete()
    assert noted() == [(None, lena.pk, What.TIME, Door.PAGE, "")]


def test_notes_go_when_their_time_is_over(lena, ines, now, settings):
    settings.TRACKING = {**settings.TRACKING, "LOOK_DAYS": 10}
    for what in (What.TIME, What.PROGRESS):
        access_log.record_look(ines, lena.pk, what)
    Look.objects.filter(what=What.TIME).update(looked_at=now - timedelta(days=11))
    Look.objects.filter(what=What.PROGRESS).update(looked_at=now - timedelta(days=9))
    jobs.purge(now=now)
    assert list(Look.objects.values_list("what", flat=True)) == [What.PROGRESS]


def test_statements_that_are_written_by_command_are_noted_once_for_each_learner(lena, tmp_path):
    factories.EventFactory.create_batch(2, learner=lena)
    call_command("tracking_xapi", "--output", str(tmp_path / "out"), stderr=StringIO())
    assert noted() == [(None, lena.pk, What.STATEMENTS, Door.COMMAND, "")]


def test_every_table_of_the_admin_with_a_learner_notes_who_looked():
    ours = [
        each
        for model, each in admin.site._registry.items()
        if hasattr(model, "learner") and model._meta.app_label == "tracking"
    ]
    assert len(ours) >= 8
    assert [type(each).__name__ for each in ours if not isinstance(each, OfLearnersAdmin)] == []
    assert {type(each).__name__ for each in ours if getattr(each, "what", None) is None} == {
        "ChangeMarkAdmin",
        "LookAdmin",
    }
