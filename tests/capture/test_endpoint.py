"""The door of the intake: what is let in, and what the sender is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import factories, messages
from tests.school import School
from tracking.capture import endpoint, envelope, ingest
from tracking.models import Event

EVENTS = reverse("tracking:events")
SAME_ORIGIN = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def learner(db: None, school: School) -> User:
    school.course("c", lessons=["a"])
    learner = factories.UserFactory.create()
    factories.share_engagement(learner)
    school.enrol(learner, "c")
    return learner


@pytest.fixture
def post(learner: User) -> Callable[..., Any]:
    """Post a body as the learner's browser would; CSRF checks are on, as in a real site."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(learner)

    def post(body: bytes, *, by: Client = browser, **headers: str) -> Any:
        return by.post(EVENTS, body, content_type="text/plain", headers=headers or SAME_ORIGIN)

    return post


def batch(*events: Any) -> bytes:
    return messages.batch(*events, sent_at=timezone.now())


def opened(**fields: Any) -> dict[str, Any]:
    return messages.opened(timezone.now(), "a", **fields)


def test_a_batch_is_stored_for_whoever_is_logged_in(post: Callable[..., Any], learner: User) -> None:
    answer = post(batch(opened(), opened()))
    assert (answer.status_code, answer.json()) == (202, {"accepted": 2, "duplicate": 0, "rejected": []})
    assert set(Event.objects.values_list("learner_id", flat=True)) == {learner.pk}


def test_a_repeated_batch_is_told_so(post: Callable[..., Any]) -> None:
    body = batch(opened())
    post(body)
    assert post(body).json() == {"accepted": 0, "duplicate": 1, "rejected": []}


def test_one_bad_event_is_named_and_spares_its_neighbours(post: Callable[..., Any]) -> None:
    answer = post(batch(opened(), {**opened(), "t": "nonsense"}))
    assert (answer.status_code, answer.json()) == (
        202,
        {"accepted": 1, "duplicate": 0, "rejected": [{"i": 1, "code": "unknown_kind"}]},
    )


def test_a_batch_of_nothing_valid_is_unprocessable(post: Callable[..., Any]) -> None:
    answer = post(batch({**opened(), "t": "nonsense"}))
    assert (answer.status_code, answer.json()["rejected"]) == (422, [{"i": 0, "code": "unknown_kind"}])


@pytest.mark.parametrize(("body", "status", "code"), [
    (b"{", 400, "bad_json"),
    (b"\xff\xfe", 400, "bad_json"),
    (b"[]", 400, "bad_json"),
    (b"x" * (envelope.MAX_BODY_BYTES + 1), 413, "too_large"),
])  # fmt: skip
def test_a_body_that_cannot_be_read_is_refused_whole(
    body: bytes, status: int, code: str, post: Callable[..., Any]
) -> None:
    answer = post(body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_body_that_says_it_is_too_large_is_not_read(post: Callable[..., Any], monkeypatch: Any) -> None:
    monkeypatch.setattr(endpoint, "_ingest", lambda *_, **__: pytest.fail("It was read."))
    assert post(b" " * (envelope.MAX_BODY_BYTES + 1)).status_code == 413


def test_nobody_is_recorded_without_a_log_in(post: Callable[..., Any]) -> None:
    answer = post(batch(opened()), by=Client())
    assert (answer.status_code, answer.json()["code"]) == (401, "logged_out")


def test_another_site_cannot_send_in_a_learners_name(post: Callable[..., Any]) -> None:
    answer = post(batch(opened()), **{"sec-fetch-site": "cross-site", "origin": "http://testserver"})
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_origin")
    assert not Event.objects.exists()


def test_switched_off_the_intake_is_gone(post: Callable[..., Any], settings: Any) -> None:
    settings.TRACKING = {**settings.TRACKING, "ENABLED": False}
    answer = post(batch(opened()))
    assert (answer.status_code, answer.json()["code"]) == (410, "off")


def test_batches_are_posted(learner: User) -> None:
    answer = Client().get(EVENTS)
    assert (answer.status_code, answer["Allow"], answer.json()["code"]) == (405, "POST", "method")


def test_whoever_sends_too_much_is_told_when_to_come_back(post: Callable[..., Any], settings: Any) -> None:
    settings.TRACKING = {**settings.TRACKING, "EVENTS_PER_MINUTE": 2}
    with time_machine.travel(timezone.now().replace(second=15), tick=False):
        assert post(batch(opened(), opened())).status_code == 202
        answer = post(batch(opened()))
    assert (answer.status_code, answer["Retry-After"], answer.json()["code"]) == (429, "45", "too_many")


def test_a_batch_that_the_rate_limit_deferred_counts_as_arrived_at_the_first_try(
    post: Callable[..., Any], settings: Any
) -> None:
    settings.TRACKING = {**settings.TRACKING, "EVENTS_PER_MINUTE": 2}
    now = timezone.now().replace(second=15, microsecond=0)
    with time_machine.travel(now, tick=False):
        post(batch(opened(), opened()))
        deferred = opened()
        assert post(batch(deferred)).status_code == 429
    with time_machine.travel(now + timedelta(minutes=5), tick=False):
        assert post(batch(deferred, opened())).status_code == 202
    arrivals = Event.objects.order_by("happened_at").values_list("received_at", flat=True)
    assert list(arrivals) == [now, now, now, now + timedelta(minutes=5)]


def test_a_batch_that_came_late_by_itself_arrived_when_it_came(post: Callable[..., Any]) -> None:
    now = timezone.now().replace(microsecond=0)
    late = messages.opened(now - timedelta(hours=1), "a")
    with time_machine.travel(now, tick=False):
        post(batch(late))
    assert Event.objects.get().received_at == now


def test_a_database_that_does_not_answer_asks_the_sender_to_come_back(
    post: Callable[..., Any], monkeypatch: Any, caplog: Any
) -> None:
    def fail(*_: object) -> None:
        raise OperationalError("the database is away")

    monkeypatch.setattr(ingest, "ingest_batch", fail)
    answer = post(batch(opened()))
    assert (answer.status_code, answer["Retry-After"], answer.json()["code"]) == (503, "30", "unavailable")
    assert "Cannot store a batch" in caplog.text


def test_what_the_learner_did_not_agree_to_is_not_stored(post: Callable[..., Any]) -> None:
    browser = Client()
    browser.force_login(factories.UserFactory.create())
    answer = post(batch(opened()), by=browser)
    assert answer.json()["rejected"] == [{"i": 0, "code": "no_consent"}]
    assert not Event.objects.exists()


def test_a_tracker_without_consent_is_told_to_end(post: Callable[..., Any]) -> None:
    browser = Client()
    browser.force_login(factories.UserFactory.create())
    assert post(batch(opened(), opened()), by=browser).status_code == 403
    assert post(batch(opened(), {"t": "nonsense"}), by=browser).status_code == 422


def test_the_answer_to_a_browser_is_json_whatever_happened(post: Callable[..., Any]) -> None:
    assert json.loads(post(b"").content)["code"] == "bad_json"
