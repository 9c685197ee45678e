"""Markers stand where a page, a host or a database may say something personal, and are looked for where none may be."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.messages import batch, opened
from tests.school import Adapter
from tracking import jobs, tasks, telemetry
from tracking.capture import event_store
from tracking.exceptions import JobFailed
from tracking.models import JobRun, PendingChange, QuarantinedRecord, RejectionCount
from tracking.reports.learner import progress
from tracking.rollups.engine import pipeline

SECRET = "zz-secret-zz"
PERSONAL = ("zz-login-zz", "zz@zz.example", "Zzlast")
MARKERS = (SECRET, *PERSONAL)
DETAIL = f'null value in column "x"\nDETAIL:  Failing row contains (7, {SECRET}, {PERSONAL[2]}).'
TOKEN = "metrics-token"
PAGES = ("me/", "me/c/", "time/", "data/", "consent/", "data/erase/", "nowhere/", "classes/c/")


def found_in(text: str) -> list[str]:
    return [marker for marker in MARKERS if marker in text]


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """The spans that OpenTelemetry would send."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    telemetry._tracer.cache_clear()
    monkeypatch.setattr(trace, "get_tracer", provider.get_tracer)
    yield exporter
    telemetry._tracer.cache_clear()


@pytest.fixture
def zz(school: Any, make_learner: Any, settings: Any, caplog: pytest.LogCaptureFixture) -> Any:
    """A learner whose names are markers, in a site that logs all it can."""
    caplog.set_level(logging.DEBUG)
    settings.DEBUG = False
    settings.TRACKING = {**settings.TRACKING, "METRICS_TOKEN": TOKEN}
    school.course("c", lessons=["a"])
    learner = make_learner(PERSONAL[0])
    learner.email, learner.last_name = PERSONAL[1:]
    learner.save()
    school.enrol(learner, "c")
    return learner


@pytest.fixture
def browser(zz: Any) -> Client:
    browser = Client(headers={"Sec-Fetch-Site": "same-origin"}, raise_request_exception=False)
    browser.force_login(zz)
    return browser


def refuse(*_: Any, **__: Any) -> None:
    raise IntegrityError(DETAIL)


@pytest.fixture
def everything_goes_wrong(browser: Client, zz: Any, monkeypatch: pytest.MonkeyPatch, spans: Any) -> list[Any]:
    """Send what a page may say and more, and let the database, the host and our own code fail; return all answers."""
    now = timezone.now()
    planted = opened(now, "a") | {"path": f"/c/a?token={SECRET}", "p": {"typed": SECRET}, "extra": SECRET}
    bodies = [
        batch(planted, opened(now, "a"), sent_at=now),
        batch(opened(now, SECRET), sent_at=now),
        f'{{"{SECRET}": '.encode(),
        batch(opened(now, "a") | {"t": SECRET}, sent_at=now),
    ]

    def post(body: bytes) -> Any:
        return browser.post("/learning/events/", body, content_type="application/json")

    answers = [post(body) for body in bodies]
    jobs.roll_up(now=now)
    with monkeypatch.context() as broken:
        broken.setattr(event_store, "store_events", refuse)
        answers.append(post(batch(opened(now, "a"), sent_at=now)))
        broken.setattr(progress, "find_learner_progress", refuse)
        answers.append(browser.get("/learning/me/c/"))
        PendingChange.objects.create(stage="learner", course_key="c", learner=zz)
        broken.setattr(pipeline, "_roll_up_learners", refuse)
        jobs.roll_up(now=now)
        broken.setattr(Adapter, "course_keys", refuse)
        with pytest.raises(JobFailed):
            tasks.refresh_outlines()
    assert [each.status_code for each in answers[-2:]] == [503, 500]
    assert PendingChange.objects.filter(failed_count=1).exists()
    return answers


def test_the_markers_are_where_they_were_planted(everything_goes_wrong: Any, zz: Any) -> None:
    """Else the tests below would find none for another reason."""
    assert QuarantinedRecord.objects.filter(unit_key=SECRET).exists()
    assert found_in(str(zz.__dict__)) == list(PERSONAL)


def test_none_is_in_a_log(everything_goes_wrong: Any, caplog: pytest.LogCaptureFixture) -> None:
    lines = [
        logging.Formatter().format(record)
        for record in caplog.get_records("setup")
        if not record.name.startswith(("django.db", "django.request"))
    ]
    assert any("Cannot process changes of stage" in line for line in lines)
    assert found_in("\n".join(lines)) == []


def test_none_is_in_what_is_kept_of_runs_and_refusals(everything_goes_wrong: Any) -> None:
    kept = [
        *JobRun.objects.values_list("error", "summary"),
        *PendingChange.objects.values_list("error"),
        *RejectionCount.objects.values_list("reason"),
    ]
    assert "IntegrityError" in json.dumps(kept)
    assert found_in(json.dumps(kept)) == []


def test_none_is_in_an_error_page(everything_goes_wrong: Any) -> None:
    assert found_in("".join(each.content.decode() for each in everything_goes_wrong)) == []


def test_none_is_in_an_address(everything_goes_wrong: Any, browser: Client) -> None:
    pages = [browser.get(f"/learning/{page}").content.decode() for page in PAGES]
    links = re.findall(r'(?:href|action|src)="([^"]*)"', "".join(pages))
    assert len(links) > 20
    assert found_in(" ".join(links)) == []


def test_none_is_in_the_numbers_for_prometheus(everything_goes_wrong: Any, browser: Client) -> None:
    answer = browser.get("/learning/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert "tracking_pending_changes" in answer.content.decode()
    assert found_in(answer.content.decode()) == []


def test_none_is_in_a_span_for_opentelemetry(everything_goes_wrong: Any, spans: InMemorySpanExporter) -> None:
    told = [span.to_json() for span in spans.get_finished_spans()]
    assert {span.name for span in spans.get_finished_spans()} >= {
        "tracking.ingest",
        "tracking.refresh_outlines",
    }
    assert any('"status_code": "ERROR"' in each for each in told)
    assert found_in("".join(told)) == []


def test_none_is_in_what_celery_is_told_of_a_failed_task(
    zz: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(Adapter, "course_keys", refuse)
    result = tasks.refresh_outlines.apply()
    assert str(result.result).startswith("IntegrityError: null value in column … (")
    assert found_in(f"{result.traceback}{result.result!r}{caplog.text}") == []
