"""What is erased is gone from every table and the cache, and figures about the class follow."""

from io import StringIO

import pytest
import redis
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests import factories
from tests.messages import batch, opened, progress
from tests.privacy import everything
from tests.privacy.everything import counts, fill
from tracking import jobs
from tracking.events import Purpose
from tracking.models import AccessLogEntry, Action, Event, JobRun, PendingChange, UnitStats
from tracking.privacy import consent, erasure, self_erasure
from tracking.privacy.erasure import ErasureScope
from tracking.privacy.inventory import DONE_BY, INVENTORY


@pytest.fixture
def viewer(db):
    return factories.UserFactory.create(username="ines")


@pytest.fixture
def zz(school, viewer):
    learner = everything.make_learner()
    fill(learner, viewer)
    return learner


def dump():
    """Return every row of every table of ours as text."""
    tables = [name for name in connection.introspection.table_names() if name.startswith("tracking_")]
    text = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            text += [
                f"{table} {[bytes(each) if isinstance(each, memoryview) else each for each in row]}"
                for row in cursor
            ]
    return text


def our_models():
    """Return every model of the core and of the optional apps."""
    return [
        model for label in ("tracking", "tracking_xapi") for model in apps.get_app_config(label).get_models()
    ]


def traces(text):
    return [line for line in text if any(name in line for name in everything.NAMES)]


def test_every_model_that_names_a_user_is_on_the_list_of_what_is_held():
    """Whoever adds a model with a learner adds it to ``privacy.holdings``: pages, downloads and erasure go by that."""
    named = {
        (model, field.name)
        for model in our_models()
        for field in model._meta.concrete_fields
        if field.related_model is get_user_model()
    }
    listed = {(each.model, name) for each in INVENTORY for name in (each.learner, *each.related_user_fields)}
    assert named - listed - set(DONE_BY) == set()
    below = {
        model
        for model in our_models()
        for field in model._meta.concrete_fields
        if field.related_model in {each.model for each in INVENTORY}
    }
    assert {model.__name__ for model in below - {each.model for each in INVENTORY}} == {
        "DownloadPart",
        "XapiMention",
    }


def test_the_learner_of_these_tests_has_a_row_of_everything(zz):
    assert [name for name, count in counts(zz).items() if not count] == []
    assert len(traces(dump())) > len(INVENTORY) / 2


def test_nothing_of_a_learner_is_left_in_any_table(zz, viewer):
    erased = erasure.erase_learner_data(ErasureScope(learner_id=zz.pk), by="a test")
    assert traces(dump()) == []
    assert erased.total() >= len(INVENTORY)
    assert AccessLogEntry.objects.filter(learner=viewer, viewer=None).count() == 1


def test_nobody_else_loses_anything(zz, viewer):
    other = factories.UserFactory.create()
    fill(other, viewer)
    before = counts(other)
    erasure.erase_learner_data(ErasureScope(learner_id=zz.pk), by="a test")
    assert counts(other) == before


@pytest.mark.django_db(transaction=True)
def test_the_command_leaves_nothing_in_the_tables_nor_in_redis(
    school, learner, settings, redis_url, time_machine, now
):
    """A class of two on real Redis: one learns by the real intake, is erased, and the class goes on without them."""
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url}
    }
    settings.CELERY_RESULT_BACKEND = redis_url
    zz = everything.make_learner()
    consent.grant(zz.pk, tuple(Purpose), source="test")
    school.course("c", lessons=["a", "b"])
    for each in (learner, zz):
        school.enrol(each, "c")
    browser = Client(headers={"Sec-Fetch-Site": "same-origin"})
    browser.force_login(zz)
    moment = timezone.now()
    body = batch(
        opened(moment, "a"), progress(moment, "a", [[0, 60_000]]), opened(moment, "nowhere"), sent_at=moment
    )
    assert browser.post("/learning/events/", body, content_type="application/json").status_code == 202
    jobs.roll_up(now=timezone.now())
    assert UnitStats.objects.get(course_key="c", unit_key="a").reached_count == 1
    assert traces(dump())
    school.enrolled["c"] = school.enrolled["c"][:1]

    call_command("tracking_erase", zz.username, "--yes", stdout=StringIO())

    assert traces(dump()) == []
    with redis.Redis.from_url(redis_url) as server:
        sessions = f"session{browser.session.session_key}"
        kept = [
            f"{key!r} {server.get(key) if server.type(key) == b'string' else ''}"
            for key in server.scan_iter("*")
        ]
    # Whose a session is, is the host's to know: it is remembered under the session's key, as long as that.
    assert traces([line for line in kept if "tracking:session:" not in line and sessions not in line]) == []
    figures = UnitStats.objects.get(course_key="c", unit_key="a")
    assert (figures.learner_count, figures.reached_count) == (1, 0)
    assert PendingChange.objects.count() == 0


def test_engagement_goes_and_the_course_record_stays(zz):
    erasure.erase_learner_data(
        ErasureScope(learner_id=zz.pk, purposes=frozenset({Purpose.ENGAGEMENT})), by="a test"
    )
    left = counts(zz)
    gone = ("page_views", "patterns", "risks", "findings", "deliveries", "quarantined")
    assert {name: left[name] for name in gone} == dict.fromkeys(gone, 0)
    assert {name: left[name] for name in ("events", "attempts", "answers", "lesson_days", "skills", "consent")} == {
        "events": 1, "attempts": 1, "answers": 1, "lesson_days": 1, "skills": 1, "consent": 1,
    }  # fmt: skip
    assert [event.kind for event in Event.objects.all()] == ["unit.completed"]


def test_the_course_record_goes_and_engagement_stays(zz):
    erasure.erase_learner_data(
        ErasureScope(learner_id=zz.pk, purposes=frozenset({Purpose.RECORD})), by="a test"
    )
    left = counts(zz)
    assert (left["attempts"], left["answers"], left["skills"]) == (0, 0, 0)
    assert (left["page_views"], left["lesson_days"], left["course_days"]) == (1, 2, 1)
    assert [event.kind for event in Event.objects.all()] == ["page.opened"]


def test_what_people_wrote_goes_with_the_course_record(zz):
    erasure.erase_learner_data(
        ErasureScope(learner_id=zz.pk, purposes=frozenset({Purpose.RECORD})), by="a test"
    )
    left = counts(zz)
    assert (left["actions"], left["enrolments"], left["consent"]) == (0, 1, 1)


def test_messages_go_with_their_purpose_and_nothing_else_does(zz):
    before = counts(zz)
    erasure.erase_learner_data(
        ErasureScope(learner_id=zz.pk, purposes=frozenset({Purpose.NUDGES})), by="a test"
    )
    assert counts(zz) == before | {"nudges": 0, "actions": before["actions"] - 1}
    assert "Zzlast was ill." not in Action.objects.values_list("text", flat=True)


@pytest.mark.parametrize("table", INVENTORY, ids=lambda table: table.name)
def test_every_table_goes_once_all_its_purposes_are_erased(zz, table):
    """Except what the platform says itself, and what is about the handling of data."""
    erasure.erase_learner_data(ErasureScope(learner_id=zz.pk, purposes=frozenset(Purpose)), by="a test")
    is_kept = table.name == "enrolments" or not table.purposes
    assert (counts(zz)[table.name] > 0) == is_kept


def test_one_course_goes_and_others_stay(zz, viewer):
    factories.EventFactory.create(learner=zz, course_key="other")
    erasure.erase_learner_data(ErasureScope(learner_id=zz.pk, course_keys=frozenset({"other"})), by="a test")
    assert counts(zz)["attempts"] == 1
    assert not Event.objects.filter(course_key="other").exists()


def test_figures_of_the_learner_and_the_class_follow_from_what_is_left(school, learner, send_online, now):
    school.course("c", lessons=["a", "b"], quizzes=["q"])
    school.enrol(learner, "c")
    send_online(learner, progress(now, "b", [[0, 60_000]]))
    jobs.roll_up(now=now)
    assert UnitStats.objects.get(unit_key="b").reached_count == 1
    erasure.erase_learner_data(
        ErasureScope(learner_id=learner.pk, purposes=frozenset({Purpose.ENGAGEMENT})), by="a test"
    )
    jobs.roll_up(now=now)
    assert UnitStats.objects.get(unit_key="b").reached_count == 0
    assert counts(learner)["lesson_days"] == counts(learner)["page_views"] == 0


def test_an_erasure_is_on_record_without_saying_whose(zz):
    erasure.erase_learner_data(ErasureScope(learner_id=zz.pk), by="an operator")
    run = JobRun.objects.get(job="erase")
    assert run.summary == "asked for by an operator: all, all courses"
    assert run.handled_count >= len(INVENTORY)


def test_erasing_twice_is_as_good_as_once(zz):
    erasure.erase_learner_data(ErasureScope(learner_id=zz.pk), by="a test")
    assert erasure.erase_learner_data(ErasureScope(learner_id=zz.pk), by="a test").total() == 0


def test_the_command_asks_first(zz, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda _: "no")
    with pytest.raises(CommandError, match="Nothing was erased"):
        call_command("tracking_erase", zz.username)
    assert counts(zz)["events"] == 2


def test_with_the_platforms_user_everything_goes(zz, viewer):
    zz.delete()
    assert traces(dump()) == []


def test_with_the_platforms_user_the_name_goes_and_the_figures_stay_where_the_site_wants_it(zz, settings):
    settings.TRACKING = {**settings.TRACKING, "ON_USER_DELETION": "pseudonymise"}
    before = counts(zz)
    zz.delete()
    assert traces(dump()) == []
    nobody = get_user_model().objects.get(username__startswith="former-learner-")
    assert not nobody.has_usable_password()
    assert not nobody.is_active
    gone = {"nudges", "consent", "access_log", "downloads", "pending_changes", "deliveries"}
    gone |= {"statements", "attachments", "documents"}
    assert counts(nobody) == {name: 0 if name in gone else count for name, count in before.items()}


def test_the_cache_forgets_what_a_learner_said(zz, django_capture_on_commit_callbacks):
    assert consent.covers(zz.pk, Purpose.ENGAGEMENT)
    with django_capture_on_commit_callbacks(execute=True):
        erasure.erase_learner_data(ErasureScope(learner_id=zz.pk), by="a test")
    assert cache.get(f"tracking:consent:{zz.pk}") is None
    assert not consent.covers(zz.pk, Purpose.ENGAGEMENT)


@pytest.mark.parametrize("keeps_record", [True, False])
def test_a_learner_who_erases_everything_reads_exactly_what_is_kept_and_why(zz, settings, keeps_record):
    settings.TRACKING = {**settings.TRACKING, "KEEP_COURSE_RECORD": keeps_record}
    erased = self_erasure.erase_own_data(zz.pk, self_erasure.EVERYTHING, course_key="", source="test")
    kept = {each.name: each.row_count for each in erased.kept}
    assert kept == {name: count for name, count in counts(zz).items() if count}
    assert ("attempts" in kept) == keeps_record
    assert {each.reason for each in erased.kept} & {"You did not choose to erase this.", ""} == set()
