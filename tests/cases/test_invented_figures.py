"""A learner posts made-up messages to the address of the tracker and to the API."""

import json
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.cases import figures
from tests.messages import batch, progress
from tracking import jobs
from tracking.models import Event, LearnerCourse, PendingChange

DAY_MS = 24 * 3600 * 1000


@pytest.fixture
def forger(school, learner):
    school.course("c", lessons=["a", "b"])
    school.enrol(learner, "c")
    figures.update(now=timezone.now())
    return learner


@pytest.fixture
def post(forger):
    """Post a body as the browser of the learner."""
    browser = Client(raise_request_exception=False, headers={"Sec-Fetch-Site": "same-origin"})
    browser.force_login(forger)
    return lambda path, body: browser.post(path, body, content_type="application/json")


def test_no_hour_is_measured_that_the_server_did_not_witness(post, forger):
    now = timezone.now()
    invented = [
        progress(now - timedelta(days=days, minutes=1), "a", [[0, DAY_MS]], view=uuid.uuid4())
        for days in range(6)
    ]
    post("/learning/events/", batch(*invented, sent_at=now))
    figures.update(now=timezone.now())
    measured = LearnerCourse.objects.filter(learner=forger).values_list("active_ms", flat=True)
    assert sum(measured) < 3600 * 1000


def test_a_browser_cannot_complete_a_unit(post, forger):
    now = timezone.now()
    said = [progress(now, unit, []) | {"t": "unit.completed", "p": {}} for unit in ("a", "b")]
    post("/learning/events/", batch(*said, sent_at=now))
    figures.update(now=timezone.now())
    assert "completed" not in figures.states(forger).values()


@pytest.fixture
def record(post):
    """Post an event that is said to have happened ``at`` to the API, and let the jobs run."""

    def record_event(at):
        event = {"kind": "page.opened", "course_key": "c", "unit_key": "a", "at": at}
        answer = post("/learning/api/v1/events/", json.dumps(event))
        jobs.roll_up(now=timezone.now())
        return answer

    return record_event


@pytest.mark.parametrize(
    "at",
    [
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "1990-01-01T00:00:00Z",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_a_moment_that_is_far_off_is_rejected(record, at):
    assert record(at).status_code == 400


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "1990-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_moment_that_is_far_off_stops_no_rollup(record, at):
    record(at)
    assert not PendingChange.objects.exists()


def test_a_moment_in_the_future_is_stored_as_now(record):
    record("9999-12-31T23:59:59Z")
    assert Event.objects.get().happened_at <= timezone.now()
