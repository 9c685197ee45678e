"""The intake: what is stored, what is refused, and what is answered."""

import json
import uuid
from datetime import timedelta

import msgspec
import pytest
from django.core.cache import cache
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.messages import batch, ms, opened, progress
from tracking import events
from tracking.capture import ingest
from tracking.capture.ingest import IngestResult, RejectedEvent
from tracking.capture.rejections import RejectReason
from tracking.events import Purpose
from tracking.exceptions import InvalidBatch, TrackingError, UnknownEventKind
from tracking.lms.values import UnitRef
from tracking.models import Event, PendingChange, RejectionCount
from tracking.privacy import consent

ACCEPTED = IngestResult(accepted_count=1, duplicate_count=0)


@pytest.fixture(autouse=True)
def course(school):
    school.course("c", lessons=["a", "b"])


def refused(code):
    return IngestResult(accepted_count=0, duplicate_count=0, rejected=(RejectedEvent(index=0, code=code),))


def test_an_event_is_stored_as_it_happened(learner, send, now):
    event = opened(now, "a")
    assert send(learner, batch(event, sent_at=now)) == ACCEPTED
    assert Event.objects.values().get() == {
        "id": uuid.UUID(event["id"]),
        "learner_id": learner.pk,
        "course_key": "c",
        "unit_key": "a",
        "kind": "page.opened",
        "source": "browser",
        "happened_at": now,
        "received_at": now,
        "view_id": uuid.UUID(event["view"]),
        "visit_id": None,
        "sequence": 1,
        "is_detail": False,
        "payload": {},
    }


def test_a_repeated_batch_is_stored_once(learner, send, now):
    body = batch(opened(now, "a"), sent_at=now)
    send(learner, body)
    assert send(learner, body) == IngestResult(accepted_count=0, duplicate_count=1)
    assert Event.objects.count() == 1


def test_the_same_event_twice_in_a_batch_is_stored_once(learner, send, now):
    event = opened(now, "a")
    assert send(learner, batch(event, event, sent_at=now)) == IngestResult(
        accepted_count=1, duplicate_count=1
    )


def test_a_path_is_resolved_to_its_unit(learner, send, now):
    event = opened(now, "") | {"course": "", "path": "/c/b"}
    send(learner, batch(event, sent_at=now))
    assert Event.objects.values_list("course_key", "unit_key").get() == ("c", "b")


def test_an_event_marks_its_day_for_the_roll_up(learner, send, now):
    send(learner, batch(opened(now, "a"), opened(now, "b"), sent_at=now))
    assert list(PendingChange.objects.values_list("stage", "course_key", "learner_id", "day")) == [
        ("learner", "c", learner.pk, now.date())
    ]


def test_a_view_over_midnight_marks_both_days(learner, send, now):
    midnight = now.replace(hour=0)
    event = progress(midnight + timedelta(hours=1), "a", [[0, 7_200_000]])
    send(learner, batch(event, sent_at=now))
    assert set(PendingChange.objects.values_list("day", flat=True)) == {
        midnight.date() - timedelta(days=1),
        midnight.date(),
    }


def test_claims_are_capped_before_they_are_stored(learner, send, now):
    event = progress(now, "a", [[0, 10_000]], payload={"active": 9_000_000, "visible": 9_000_000})
    send(learner, batch(event, sent_at=now))
    payload = Event.objects.get().payload
    assert (payload["active"], payload["visible"]) == (10_000, 10_000)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"t": "no.such.kind"}, RejectReason.UNKNOWN_KIND),
        ({"id": "not a uuid"}, RejectReason.BAD_EVENT),
        ({"at": -1}, RejectReason.BAD_EVENT),
        ({"at": 253_402_300_799_000}, RejectReason.BAD_EVENT),
        ({"n": "1"}, RejectReason.BAD_EVENT),
        ({"unit": "nul\x00"}, RejectReason.BAD_EVENT),
        ({"unit": "u" * 201}, RejectReason.BAD_EVENT),
        ({"path": "p" * 5000}, RejectReason.TOO_LARGE),
        ({"p": {"surprise": 1}}, RejectReason.BAD_PAYLOAD),
        ({"course": "", "unit": ""}, RejectReason.UNKNOWN_UNIT),
        ({"course": "", "unit": "", "path": "/elsewhere"}, RejectReason.UNKNOWN_UNIT),
    ],
)
def test_a_bad_event_is_refused_with_its_reason_and_its_neighbour_kept(learner, send, now, changes, code):
    body = batch(opened(now, "a") | changes, opened(now, "b"), sent_at=now)
    receipt = send(learner, body)
    assert receipt == IngestResult(
        accepted_count=1, duplicate_count=0, rejected=(RejectedEvent(index=0, code=code),)
    )
    assert list(Event.objects.values_list("unit_key", flat=True)) == ["b"]
    assert list(RejectionCount.objects.values_list("reason", "rejected_count")) == [(code, 1)]


def test_an_event_older_than_a_week_is_refused(learner, send, now):
    event = opened(now - timedelta(days=8), "a")
    assert send(learner, batch(event, sent_at=now)) == refused(RejectReason.TOO_OLD)


def test_nothing_is_stored_for_a_learner_who_has_not_agreed(make_learner, send, now):
    assert send(make_learner(purposes=()), batch(opened(now, "a"), sent_at=now)) == refused(
        RejectReason.NO_CONSENT
    )
    assert not Event.objects.exists()


def test_a_withdrawal_stops_capture_at_once(learner, send, now, django_capture_on_commit_callbacks):
    send(learner, batch(opened(now, "a"), sent_at=now))
    with django_capture_on_commit_callbacks(execute=True):
        consent.refuse(learner.pk, [Purpose.ENGAGEMENT], source="test")
    assert send(learner, batch(opened(now, "a"), sent_at=now)) == refused(RejectReason.NO_CONSENT)


@pytest.mark.parametrize(
    ("body", "code", "status"),
    [
        (b"", "bad_json", 400),
        (b"not json", "bad_json", 400),
        (b"\xff\xfe", "bad_json", 400),
        (b"[" * 60_000, "bad_json", 400),
        (b'{"v": 2, "sent_at": 1, "events": []}', "bad_json", 400),
        (b'{"v": 1, "sent_at": 1e999, "events": []}', "bad_json", 400),
        (b'{"v": 1, "sent_at": 1, "events": [' + b"{}," * 100 + b"{}]}", "too_many", 413),
        (b" " * 65_537, "too_large", 413),
    ],
)
def test_a_batch_that_cannot_be_read_is_refused_whole(learner, send, body, code, status):
    with pytest.raises(InvalidBatch) as caught:
        send(learner, body)
    assert (caught.value.code, caught.value.status) == (code, status)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)
some_events = st.dictionaries(
    st.sampled_from(["id", "t", "at", "view", "visit", "n", "path", "course", "unit", "p"]),
    json_values | st.sampled_from([str(uuid.uuid4()), "page.opened", "page.progress", 1_773_230_400_000]),
)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some=st.lists(some_events | json_values, max_size=4))
def test_whatever_is_posted_either_fits_or_is_refused(learner, send, now, some):
    body = json.dumps({"v": 1, "sent_at": ms(now), "events": some}).encode()
    receipt = send(learner, body)
    assert receipt.accepted_count + receipt.duplicate_count + len(receipt.rejected) == len(some)


def test_the_host_may_record_an_event_of_its_own(learner, school, now):
    unit = UnitRef(course_key="c", unit_key="a")
    assert ingest.ingest_host_event(learner.pk, events.UNIT_COMPLETED, unit, at=now)
    assert Event.objects.values_list("kind", "source", "unit_key").get() == ("unit.completed", "server", "a")


def test_the_hosts_event_needs_the_learners_consent_too(make_learner, school, now):
    unit = UnitRef(course_key="c", unit_key="a")
    assert not ingest.ingest_host_event(make_learner(purposes=()).pk, events.PAGE_OPENED, unit, at=now)


def test_a_kind_that_nobody_registered_is_named(learner, school, now):
    with pytest.raises(UnknownEventKind, match=r"'lesson\.loved'"):
        ingest.ingest_host_event(learner.pk, "lesson.loved", UnitRef(course_key="c", unit_key="a"), at=now)


def test_a_payload_that_does_not_fit_names_what_would(learner, school, now):
    unit = UnitRef(course_key="c", unit_key="a")
    with pytest.raises(TrackingError, match="UnitAccessed"):
        ingest.ingest_host_event(learner.pk, events.UNIT_ACCESSED, unit, payload={"count": 0}, at=now)


def test_a_registered_kind_is_taken_in(learner, send, now):
    class Loved(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
        stars: int

    events.register("lesson.loved", payload=Loved)
    try:
        event = opened(now, "a") | {"t": "lesson.loved", "p": {"stars": 5}}
        assert send(learner, batch(event, sent_at=now)) == ACCEPTED
    finally:
        events.unregister("lesson.loved")
    cache.clear()
