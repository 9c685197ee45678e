"""What an operator's tools read: numbers for Prometheus, and spans where the host has OpenTelemetry."""

import re
import sys
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace

import pytest

from tests import factories
from tests.factories import COURSE
from tracking import telemetry
from tracking.api.metrics import render
from tracking.insights import vital_signs
from tracking.insights.vital_signs import MEASURED, Sample
from tracking.models import ChangeMark, JobRun, Refusal

PATH = "/tracking/metrics"
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
    Refusal.objects.create(day=now.date(), reason="too_old", refused_count=3)
    answer = client.get(PATH, headers=token)
    lines = answer.content.decode().splitlines()
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    assert 'tracking_refused_events_total{reason="too_old"} 3' in lines
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"


def test_the_numbers_are_those_of_the_tables(db, now):
    learner = factories.UserFactory.create()
    factories.FindingFactory.create(learner=learner)
    factories.LearnerCourseDayFactory.create(learner=learner, view_count=3, access_count=4)
    ChangeMark.objects.create(
        subject="learner", learner=learner, course_key=COURSE, created_at=now - timedelta(seconds=90)
    )
    JobRun.objects.create(job="roll_up", finished_at=now)
    found = {
        (each.name, *(value for _, value in each.labels)): each.value for each in vital_signs.read(now=now)
    }
    assert found == {
        ("openings",): 7,
        ("deliveries", "waiting"): 0,
        ("deliveries", "dead"): 0,
        ("deliveries", "delivered"): 0,
        ("roll_up_lag_seconds",): 90,
        ("roll_up_marks", "waiting"): 1,
        ("roll_up_marks", "set_aside"): 0,
        ("job_last_run_timestamp_seconds", "roll_up"): now.timestamp(),
        ("open_findings", "inactive"): 1,
    }
    assert {name for name, *_ in found} <= {each.name for each in MEASURED}


def test_text_in_a_label_stays_in_it():
    told = render([Sample(name="quarantined", value=1, labels=(("cause", 'a"b\\c\nd'),))])
    assert 'tracking_quarantined{cause="a\\"b\\\\c\\nd"} 1\n' in told


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
