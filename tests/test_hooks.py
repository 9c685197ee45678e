import re
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.db import DatabaseError, connection, transaction
from django.test import AsyncClient, Client

from tests import small_host
from tracking import events, hooks
from tracking.capture import ingest
from tracking.events import PAGE_OPENED, UNIT_COMPLETED, EventSource, Purpose
from tracking.hooks.boundary import guarded
from tracking.lms import AttemptRecord, UnitRef
from tracking.models import Attempt, Consent, Event, RejectionCount

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.small_host")]

SCRIPT = re.compile(rb"<script [^>]*data-tracking-endpoint[^>]*></script>")


@pytest.fixture(autouse=True)
def _host(settings):
    settings.TRACKING = {"ADAPTER": "tests.small_host.Adapter"}


@pytest.fixture(params=["with the middleware", "without it"])
def _middleware(request, settings):
    if request.param == "without it":
        settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.startswith("tracking.")]


@pytest.mark.usefixtures("_middleware")
@pytest.mark.parametrize("name", ["decorated", "mixed"])
def test_a_view_that_says_its_unit_is_recorded_once(learner, name):
    client = Client()
    client.force_login(learner)

    response = client.get(f"/{name}/c/u/")

    assert len(SCRIPT.findall(response.content)) == 1
    assert list(Event.objects.values_list("kind", "course_key", "unit_key")) == [(PAGE_OPENED, "c", "u")]


@pytest.mark.usefixtures("_middleware")
@pytest.mark.parametrize("name", ["decorated-later", "mixed-later"])
def test_an_async_view_that_says_its_unit_is_recorded_once(learner, name):
    client = AsyncClient()
    client.force_login(learner)

    response = async_to_sync(client.get)(f"/{name}/c/u/")

    assert len(SCRIPT.findall(response.content)) == 1
    assert list(Event.objects.values_list("kind", "course_key", "unit_key")) == [(PAGE_OPENED, "c", "u")]


def test_the_host_records_an_event_of_its_own(learner, now):
    assert hooks.record_event(learner, UNIT_COMPLETED, course_key="c", unit_key="u", at=now)

    event = Event.objects.get()
    assert (event.learner_id, event.kind, event.course_key, event.unit_key) == (
        learner.pk,
        UNIT_COMPLETED,
        "c",
        "u",
    )
    assert (event.source, event.happened_at) == (EventSource.SERVER, now)


def test_a_learner_may_be_given_by_key_and_the_moment_left_to_now(learner):
    assert hooks.record_event(
        learner.pk, "feature.clicked", course_key="c", unit_key="u", payload={"name": "hint"}
    )

    assert Event.objects.get().payload == {"name": "hint"}


def test_nothing_is_recorded_without_consent(make_learner):
    learner = make_learner(purposes=())

    assert not hooks.record_event(learner, events.PAGE_OPENED, course_key="c", unit_key="u")
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("kind", "payload"), [("no.such.kind", {}), ("feature.clicked", {"text": "what the learner typed"})]
)
def test_what_is_wrong_with_a_call_is_logged_and_counted_and_not_raised(learner, caplog, kind, payload):
    assert not hooks.record_event(learner, kind, course_key="c", unit_key="u", payload=payload)

    assert f"Recording {kind!r} failed" in caplog.text
    assert RejectionCount.objects.get().rejected_count == 1


def test_an_attempt_that_no_model_holds_is_stored_and_corrected(learner, now):
    def given(score):
        return AttemptRecord(
            source_label="host.Exam",
            source_key="7",
            learner_id=learner.pk,
            unit=UnitRef(course_key="c", unit_key="exam"),
            started_at=now - timedelta(minutes=9),
            submitted_at=now,
            score=score,
            max_score=10,
        )

    assert hooks.record_attempt(given(4))
    assert hooks.record_attempt(given(8))

    assert list(Attempt.objects.values_list("unit_key", "score")) == [("exam", 8.0)]


def test_nothing_is_recorded_while_tracking_is_off(learner, settings, now):
    settings.TRACKING = {"ADAPTER": "tests.small_host.Adapter", "ENABLED": False}

    assert not hooks.record_event(learner, UNIT_COMPLETED, course_key="c", unit_key="u")
    assert not Event.objects.exists()


def test_a_failed_statement_of_ours_does_not_break_the_transaction_of_the_host(learner, monkeypatch):
    def fail(*_, **__):
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")

    monkeypatch.setattr(ingest, "ingest_host_event", fail)

    with transaction.atomic():
        hooks.record_event(learner, UNIT_COMPLETED, course_key="c", unit_key="u")
        learner.first_name = "Lea"
        learner.save()

    learner.refresh_from_db()
    assert learner.first_name == "Lea"


def test_a_fault_is_still_contained_where_it_cannot_even_be_counted(monkeypatch, caplog):
    def fail(*_, **__):
        raise DatabaseError("read-only")

    monkeypatch.setattr("tracking.capture.rejections.count_rejected", fail)

    with guarded("Trying"):
        raise RuntimeError("no luck")

    assert [record.getMessage() for record in caplog.records] == [
        "Trying failed. The host is not affected.",
        "Counting faults failed. The host is not affected.",
    ]


def test_the_page_of_a_template_response_keeps_its_content():
    assert small_host.PAGE in Client().get("/mixed/c/u/").content.decode()


def test_an_answer_given_elsewhere_is_recorded_with_its_source(make_learner):
    learner = make_learner(purposes=())
    assert hooks.record_consent(learner, [Purpose.ENGAGEMENT], is_granted=True, source="a paper form " * 9)
    assert hooks.record_consent(learner.pk, [Purpose.NUDGES], is_granted=False, source="a parent")
    assert list(Consent.objects.order_by("pk").values_list("purpose", "is_granted", "source")) == [
        ("engagement", True, ("a paper form " * 9)[:40]),
        ("nudges", False, "a parent"),
    ]


def test_a_yes_of_somebody_who_may_not_agree_alone_is_none(make_learner, monkeypatch):
    learner = make_learner(purposes=())
    monkeypatch.setattr(small_host.Adapter, "may_consent", lambda self, user, purpose: False)
    assert not hooks.record_consent(learner, [Purpose.ENGAGEMENT], is_granted=True, source="a form")
    assert not Consent.objects.exists()
