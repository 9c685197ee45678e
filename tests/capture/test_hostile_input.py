"""Whatever is thrown at the endpoint: a typed answer, nothing half stored, and what was right beside it is kept."""

import gzip
import json
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests import messages, proofs
from tracking import events
from tracking.capture import envelope
from tracking.models import Event, QuarantinedRecord, RejectionCount

EVENTS = reverse("tracking:events")
KINDS = [kind.name for kind in events.all_kinds()]
TYPED = {202, 400, 403, 413, 422, 429}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture
def post(school, learner, settings):
    settings.TRACKING = {**settings.TRACKING, "EVENTS_PER_MINUTE": 1_000_000}
    school.course("c", lessons=["a"])
    school.enrol(learner, "c")
    browser = Client(raise_request_exception=True, headers={"Sec-Fetch-Site": "same-origin"})
    browser.force_login(learner)

    def send(body, *, may_be=TYPED, **headers):
        answer = browser.post(EVENTS, body, content_type="application/json", headers=headers)
        assert answer.status_code in may_be, (answer.status_code, body)
        return answer

    return send


def opened(**changes):
    return messages.opened(timezone.now(), "a") | changes


def whole(*given_events):
    return messages.batch(*given_events, sent_at=timezone.now())


anything = settings(
    max_examples=proofs.examples(40, 2000),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.mark.proof(name="bodies")
@anything
@given(body=st.binary(max_size=300) | json_values.map(lambda value: json.dumps(value).encode()))
@example(body=b"[" * 20_000)
@example(body=b'{"v":1,"sent_at":0,"events":[' + b'{"p":' * 5_000)
@example(body=b'{"v":1,"sent_at":1e999,"events":[]}')
@example(body=b'{"v":1,"sent_at":NaN,"events":[]}')
@example(body=b"\xff\xfe")
def test_a_body_of_any_kind_is_answered_in_words_for_programs(post, body):
    answer = post(body)
    assert answer["Content-Type"] == "application/json"
    assert "code" in answer.json() or "rejected" in answer.json()
    assert not Event.objects.exists()


fields = st.sampled_from(["id", "t", "at", "view", "visit", "n", "course", "unit", "path", "p", "extra"])
odd = json_values | st.sampled_from(
    [
        "\x00", "\ud800", "9" * 400, -1, 2**63, 253402300799999, 10**30, "", "a" * 10_000, {}, [],
        "00000000-0000-7000-8000-000000000000",
    ]
)  # fmt: skip


@pytest.mark.proof(name="bodies")
@anything
@given(changes=st.dictionaries(fields, odd, max_size=3), kind=st.sampled_from(KINDS), payload=odd)
@example(changes={"at": 253402300799999}, kind="page.opened", payload={})
@example(changes={"unit": "\ud800"}, kind="page.opened", payload={})
@example(changes={"unit": "x\x00"}, kind="feature.clicked", payload={"name": "\x00"})
@example(changes={}, kind="page.progress", payload={"elapsed": 1e999})
@example(changes={}, kind="page.progress", payload={"elapsed": 5, "active": 10**18, "spans": [[5, 1]]})
@example(changes={}, kind="media.played", payload={"name": "tape", "spans": [[9, 1]] * 60})
def test_an_event_of_any_kind_leaves_its_neighbours_alone_and_breaks_no_constraint(
    post, changes, kind, payload
):
    Event.objects.all().delete()
    QuarantinedRecord.objects.all().delete()
    first, last = opened(), opened()

    receipt = post(whole(first, opened(t=kind, p=payload) | changes, last)).json()

    if "code" in receipt:  # The odd one made the whole batch unreadable or too large.
        assert not Event.objects.exists()
        return
    stored = set(map(str, Event.objects.values_list("id", flat=True)))
    assert {first["id"], last["id"]} <= stored
    assert receipt["accepted"] + receipt["duplicate"] + len(receipt["rejected"]) == 3
    assert [each["i"] for each in receipt["rejected"]] in ([], [1])


def test_every_refusal_is_counted_by_its_cause(post):
    post(whole(opened(t="nonsense"), opened(at=0), opened(p={"x": 1})))
    assert dict(RejectionCount.objects.values_list("reason", "rejected_count")) == {
        "unknown_kind": 1, "too_old": 1, "bad_payload": 1,
    }  # fmt: skip


@pytest.mark.parametrize(("count", "status"), [(100, 202), (101, 413)])
def test_a_batch_of_a_hundred_events_is_taken_and_one_more_is_not(post, count, status):
    assert post(whole(*(opened() for _ in range(count)))).status_code == status


def padded(size):
    """Return a batch of one event that has ``size`` bytes."""
    body = whole(opened())
    return body[:-1] + b" " * (size - len(body)) + b"}"


@pytest.mark.parametrize(("more", "status"), [(0, 202), (1, 413)])
def test_a_body_of_64_kib_is_taken_and_a_byte_more_is_not(post, more, status):
    assert post(padded(envelope.MAX_BODY_BYTES + more)).status_code == status


def test_a_body_that_claims_to_be_shorter_than_it_is_is_not_read_past_what_it_claims(learner, school):
    school.course("c", lessons=["a"])
    browser = Client(headers={"Sec-Fetch-Site": "same-origin"})
    browser.force_login(learner)
    answer = browser.post(EVENTS, whole(opened()), content_type="application/json", CONTENT_LENGTH=20)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_json")


def test_what_is_compressed_is_not_unpacked(post):
    bomb = gzip.compress(b" " * 50_000_000)
    answer = post(bomb[: envelope.MAX_BODY_BYTES], **{"Content-Encoding": "gzip"})
    assert answer.status_code in {400, 413, 415}


def test_a_view_of_another_learner_is_not_added_to(post, school, learner, make_learner, now):
    """Two learners name the same view: each has one of their own."""
    other = make_learner("li")
    school.enrol(other, "c")
    mine = opened()
    browser = Client(headers={"Sec-Fetch-Site": "same-origin"})
    browser.force_login(other)
    post(whole(mine))
    theirs = opened(view=mine["view"])
    browser.post(EVENTS, whole(theirs), content_type="application/json")
    assert set(Event.objects.values_list("learner", "view_id").distinct()) == {
        (who.pk, UUID(mine["view"])) for who in (learner, other)
    }


def test_an_id_that_another_learner_has_used_changes_nothing_of_theirs(post, school, make_learner, learner):
    mine = opened()
    post(whole(mine))
    other = make_learner("li")
    school.enrol(other, "c")
    browser = Client(headers={"Sec-Fetch-Site": "same-origin"})
    browser.force_login(other)
    answer = browser.post(EVENTS, whole(mine), content_type="application/json")
    assert (answer.json()["duplicate"], Event.objects.get().learner_id) == (1, learner.pk)


def test_a_row_that_the_database_refuses_asks_the_sender_to_come_back(post, monkeypatch):
    def refuse(*_, **__):
        raise IntegrityError("a constraint")

    monkeypatch.setattr("tracking.capture.event_store.bulk_insert.insert_missing", refuse)
    answer = post(whole(opened()), may_be={503})
    assert answer["Retry-After"]
    assert not Event.objects.exists()


def test_time_that_was_not_yet_is_taken_back_to_a_minute_from_now(post):
    ahead = timezone.now() + timedelta(days=400)
    post(messages.batch(messages.opened(ahead, "a"), sent_at=timezone.now()))
    assert Event.objects.get().happened_at < timezone.now() + timedelta(seconds=61)
