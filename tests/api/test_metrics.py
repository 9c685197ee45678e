"""What an operator's tools read: numbers for Prometheus, and spans where the host has OpenTelemetry."""

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.utils import timezone

from tests import factories
from tests.factories import COURSE
from tracking import telemetry
from tracking.api.metrics import render_prometheus
from tracking.exports import tallies
from tracking.models import JobRun, PendingChange, RejectionCount
from tracking.reports.site import metrics
from tracking.reports.site.metrics import METRICS, Sample

PATH = "/learning/metrics"
LINE = re.compile(r'(# (HELP|TYPE) \w+ .+|\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? [0-9.e+-]+)')


@pytest.fixture
def token(settings):
    settings.TRACKING = {**settings.TRACKING, "METRICS_TOKEN": "t0ken"}
    return {"Authorization": "Bearer t0ken"}


def test_there_is_nothing_until_a_token_is_given(client, db):
    assert client.get(PATH, headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize("given", ["", "Bearer wrong", "Basic t0ken"])
def test_there_is_nothing_for_whoever_has_not_the_token(client, db, token, given):
    assert client.get(PATH, headers={"Authorization": given}).status_code == 404


def test_prometheus_can_read_every_line(client, db, token, now):
    RejectionCount.objects.create(day=now.date(), reason="too_old", rejected_count=3)
    answer = client.get(PATH, headers=token)
    lines = answer.content.decode().splitlines()
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    assert 'tracking_events_total{direction="rejected",reason="too_old"} 3' in lines
    assert "# TYPE tracking_events_total counter" in lines
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"


def test_the_numbers_are_those_of_the_tables(db, now):
    learner = factories.UserFactory.create()
    factories.FindingFactory.create(learner=learner)
    factories.LearnerCourseDayFactory.create(learner=learner, view_count=3, access_count=4)
    PendingChange.objects.create(
        stage="learner", learner=learner, course_key=COURSE, created_at=now - timedelta(seconds=90)
    )
    JobRun.objects.create(job="roll_up", finished_at=now)
    RejectionCount.objects.create(day=now.date(), reason="too_old", rejected_count=3)
    RejectionCount.objects.create(day=now.date() - timedelta(days=1), reason="too_old", rejected_count=4)
    tallies.increment_tally("out:lrs", 2)
    tallies.increment_tally("out:lrs", 3)
    found = {
        (each.name, *(value for _, value in each.labels)): each.value
        for each in metrics.read_metrics(now=now)
    }
    found.pop(("events", "in"))  # What PostgreSQL counts is not undone with a test's transaction.
    assert found == {
        ("events", "out", "lrs"): 5,
        ("events", "rejected", "too_old"): 7,
        ("page_views",): 7,
        ("deliveries", "waiting"): 0,
        ("deliveries", "dead"): 0,
        ("deliveries", "delivered"): 0,
        ("rollup_lag_seconds",): 90,
        ("pending_changes", "waiting"): 1,
        ("pending_changes", "dead"): 0,
        ("job_last_run_timestamp_seconds", "roll_up"): now.timestamp(),
        ("open_findings", "inactive"): 1,
    }
    assert {name for name, *_ in found} <= {each.name for each in METRICS}


IN_ANOTHER_PROCESS = """
import sys, uuid, django
django.setup()
from django.utils import timezone
from tracking.capture import event_store, rejections
from tracking.events import EventSource
for number in range(5):
    now = timezone.now()
    event_store.write_events([
        event_store.NewEvent(id=uuid.uuid4(), learner_id=int(sys.argv[1]), course_key="c", unit_key="a",
                             kind="page.opened",
                         source=EventSource.SERVER, happened_at=now, received_at=now)
        for _ in range(2)
    ])
    rejections.count_rejected("too_old", rejected_count=3)
"""


@pytest.mark.django_db(transaction=True)
def test_what_several_processes_take_in_and_refuse_is_counted_once():
    learner = factories.UserFactory.create()
    before = _counted()
    command = [sys.executable, "-c", IN_ANOTHER_PROCESS, str(learner.pk)]
    variables = {**os.environ, **_same_database(), "DJANGO_SETTINGS_MODULE": "config.settings"}
    processes = [subprocess.Popen(command, env=variables) for _ in range(2)]
    assert [each.wait(timeout=60) for each in processes] == [0, 0]
    after = _counted()
    assert after[("in",)] - before[("in",)] == 20
    assert after["rejected", "too_old"] - before.get(("rejected", "too_old"), 0) == 30


def _counted():
    return {
        tuple(value for _, value in each.labels): each.value
        for each in metrics.read_metrics(now=timezone.now())
        if each.name == "events"
    }


def _same_database():
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return {"DATABASE_URL": f"sqlite:///{given['NAME']}"}
    where = f"{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}"
    return {"DATABASE_URL": f"postgres://{where}/{given['NAME']}"}


def test_text_in_a_label_stays_in_it():
    told = render_prometheus([Sample(name="quarantined_records", value=1, labels=(("cause", 'a"b\\c\nd'),))])
    assert 'tracking_quarantined_records{cause="a\\"b\\\\c\\nd"} 1\n' in told


def test_work_is_a_span_where_the_host_has_opentelemetry(monkeypatch):
    spans = []

    @contextmanager
    def start(name, attributes, **how):
        spans.append((name, attributes))
        yield

    tracer = SimpleNamespace(start_as_current_span=start)
    trace = SimpleNamespace(get_tracer=lambda name: tracer)
    monkeypatch.setitem(sys.modules, "opentelemetry.trace", trace)
    monkeypatch.setattr(telemetry, "find_spec", lambda name: object())
    telemetry._tracer.cache_clear()
    with telemetry.span("roll_up", marks=3):
        pass
    telemetry._tracer.cache_clear()
    assert spans == [("tracking.roll_up", {"tracking.marks": 3})]


def test_work_is_done_as_well_without_it(monkeypatch):
    monkeypatch.setattr(telemetry, "find_spec", lambda name: None)
    telemetry._tracer.cache_clear()
    with telemetry.span("roll_up"):
        done = True
    telemetry._tracer.cache_clear()
    assert done
