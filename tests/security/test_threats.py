"""The threats of docs/security.md that have no test elsewhere, and that each threat there names a test that exists."""

from __future__ import annotations

import inspect
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.core import signing
from django.test import Client
from django.utils import timezone

from tests.messages import batch, opened, progress
from tracking import jobs, tasks
from tracking.capture import envelope, ingest_tokens
from tracking.models import Event, PageView
from tracking.reports.learner import progress as learner_progress
from tracking.testing.factories import EventFactory

ROOT = Path(__file__).parents[2]
SECRET = "zz-secret-zz"
PERSONAL = ("zz-login-zz", "zz@zz.example", "Zzlast")


@pytest.fixture
def zz(school: Any, make_learner: Any) -> Any:
    """A learner whose names are looked for."""
    school.course("c", lessons=["a"])
    learner = make_learner(PERSONAL[0])
    learner.email, learner.last_name = PERSONAL[1:]
    learner.save()
    school.enrol(learner, "c")
    return learner


@pytest.fixture
def post(zz: Any) -> Any:
    """Post a batch as the browser of that learner."""
    browser = Client(headers={"Sec-Fetch-Site": "same-origin"}, raise_request_exception=False)
    browser.force_login(zz)
    return lambda body, path="/learning/events/": browser.post(path, body, content_type="application/json")


def test_every_threat_of_the_page_names_a_test_that_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs/security.md").read_text())
    assert len(named) >= 20
    missing = [f"{file}::{test}" for file, test in named if f"def {test}(" not in (ROOT / file).read_text()]
    assert missing == []


def test_nobody_sends_events_in_the_name_of_somebody_else(post: Any, zz: Any, make_learner: Any) -> None:
    """A learner in the payload, in the address or in a header changes nothing: the session alone says who it is."""
    other = make_learner("other")
    now = timezone.now()
    event = opened(now, "a") | {"learner": other.pk, "learner_id": other.pk}
    answer = post(batch(event, opened(now, "a"), sent_at=now), f"/learning/events/?learner={other.pk}")
    assert answer.json()["accepted"] >= 1
    assert set(Event.objects.values_list("learner_id", flat=True)) == {zz.pk}


def test_a_forged_counter_is_worth_no_more_than_the_time_that_passed(post: Any, zz: Any) -> None:
    """Ten hours of activity claimed a minute after the page was opened, in a view that is said to be a minute old."""
    now = timezone.now()
    forged = progress(now, "a", [[0, 60_000]], payload={"active": 36_000_000, "visible": 36_000_000})
    post(batch(forged, sent_at=now))
    jobs.roll_up(now=now)
    assert max(PageView.objects.values_list("active_ms", flat=True), default=0) <= 60_000


def test_a_replayed_batch_counts_once_however_often_it_is_sent(post: Any, zz: Any) -> None:
    now = timezone.now()
    opening = EventFactory.create(
        learner=zz, course_key="c", unit_key="a", happened_at=now - timedelta(minutes=1)
    )
    body = batch(progress(now, "a", [[0, 60_000]], view=opening.view_id), sent_at=now)
    answers = [post(body).json() for _ in range(3)]
    assert [each["accepted"] for each in answers] == [1, 0, 0]
    jobs.roll_up(now=now)
    found = learner_progress.find_learner_progress(zz.pk, "c", now=now)
    assert found is not None
    assert found.active_seconds == 60


@pytest.mark.parametrize(
    "change", [lambda given: given[:-2] + "xx", lambda given: f"x{given}", lambda given: ""]
)
def test_a_pass_that_was_changed_opens_nothing(post: Any, zz: Any, change: Any) -> None:
    given = change(ingest_tokens.issue_token(zz))
    now = timezone.now()
    answer = Client(headers={"Sec-Fetch-Site": "same-origin"}).post(
        f"/learning/events/{given}/" if given else "/learning/events/",
        batch(opened(now, "a"), sent_at=now),
        content_type="application/json",
    )
    assert answer.status_code == 401
    assert not Event.objects.exists()


def test_a_signature_for_one_thing_is_none_for_another(zz: Any) -> None:
    """A code that the site signed for something else, a statement of time say, is no pass."""
    assert (
        ingest_tokens.find_token_learner(
            signing.dumps(str(zz.pk), salt="tracking.reports.learner.statement_signing")
        )
        is None
    )
    assert ingest_tokens.find_token_learner(signing.dumps(str(zz.pk))) is None


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "another"}])
def test_a_pass_ends_with_the_account_and_with_the_password(
    zz: Any, change: dict[str, Any], settings: Any
) -> None:
    settings.TRACKING = {**settings.TRACKING, "SESSION_CACHE_SECONDS": 0}
    given = ingest_tokens.issue_token(zz)
    type(zz).objects.filter(pk=zz.pk).update(**change)
    assert ingest_tokens.find_token_learner(given) is None


def test_a_pass_ends(zz: Any, time_machine: Any) -> None:
    given = ingest_tokens.issue_token(zz)
    assert ingest_tokens.find_token_learner(given) == zz.pk
    time_machine.move_to(timezone.now() + timedelta(seconds=ingest_tokens.VALID_SECONDS + 1))
    assert ingest_tokens.find_token_learner(given) is None


def test_a_body_over_the_limit_is_refused_before_it_is_read(post: Any) -> None:
    assert post(b"x" * (envelope.MAX_BODY_BYTES + 1)).status_code == 413


def test_no_task_of_ours_is_given_anything_that_a_broker_could_keep() -> None:
    """No arguments, no results: neither Redis nor RabbitMQ ever holds a learner's data."""
    ours = [task for name, task in current_app.tasks.items() if name.startswith("tracking.")]
    assert len(ours) >= 6
    assert {task.name: list(inspect.signature(task.run).parameters) for task in ours} == {
        task.name: [] for task in ours
    }
    assert all(task.ignore_result for task in ours)
    assert tasks.prepare_downloads in ours
