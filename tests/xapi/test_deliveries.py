"""What is recorded reaches a learning record store: all of it, in batches, whatever goes wrong on the way."""

import json
from base64 import b64encode
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from tests.exports import target as targets
from tests.messages import batch, opened, progress
from tests.school import node
from tracking import jobs
from tracking.capture import attempts
from tracking.events import UnitKind
from tracking.exceptions import TrackingError
from tracking.exports import deliveries, delivery_queue
from tracking.lms import AttemptRecord, OutlineNode, UnitRef
from tracking.models import Delivery, Event
from tracking.xapi import record_stream
from tracking.xapi.lrs_delivery import LRS
from tracking.xapi.record_stream import RecordQuery


@pytest.fixture
def store(school, settings):
    with targets.opened() as target:
        settings.TRACKING = {
            **settings.TRACKING,
            "ALLOW_PRIVATE_TARGETS": True,
            "DELIVERY_BATCH": 2,
            "DELIVERY_MAX_TRIES": 3,
        }
        school.course("c", lessons=["a", "b"], quizzes=["q"])
        url = f"{target.url}/xapi/"
        settings.TRACKING_XAPI = {"LRS_URL": url, "LRS_USER": "key", "LRS_PASSWORD": "secret"}
        yield target


@pytest.fixture
def record(learner, send, now):
    def some(count):
        units = ["a", "b"] * count
        send(learner, batch(*(opened(now, unit) for unit in units[:count]), sent_at=now))

    return some


@pytest.fixture
def attempted(learner, now):
    def some(**graded):
        given = AttemptRecord(
            source_label="q.S", source_key="1", learner_id=learner.pk, started_at=now,
            unit=UnitRef(course_key="c", unit_key="q"), **graded,
        )  # fmt: skip
        attempts.store_attempt(given)

    return some


def told(store):
    return [statement["id"] for sent in store.sent for statement in json.loads(sent.body)]


def ids():
    return sorted(str(key) for key in Event.objects.values_list("pk", flat=True))


def test_everything_is_told_in_batches_and_then_nothing_waits(store, record, now):
    record(5)
    assert deliveries.send_due_deliveries(clock=targets.still(now)) == 5
    assert [len(json.loads(sent.body)) for sent in store.sent] == [2, 2, 1]
    assert sorted(told(store)) == ids()
    assert not Delivery.objects.exists()


def test_an_attempt_that_is_stored_twice_before_it_is_sent_is_one_statement(store, attempted, now):
    for _ in range(2):
        attempted(submitted_at=now, score=1, max_score=2)
    assert deliveries.send_due_deliveries(clock=targets.still(now)) == 2
    assert len(told(store)) == len(set(told(store)))


def test_a_store_is_spoken_to_in_its_way(store, record, now):
    record(1)
    deliveries.send_due_deliveries(clock=targets.still(now))
    [sent] = store.sent
    assert sent.path == "/xapi/statements"
    assert sent.headers["x-experience-api-version"] == "1.0.3"
    assert sent.headers["authorization"] == f"Basic {b64encode(b'key:secret').decode()}"


def test_an_attempt_is_told_as_it_is_when_it_is_sent(store, attempted, now):
    attempted(submitted_at=now, score=1.0, max_score=2.0, is_passed=True)
    assert deliveries.send_due_deliveries(clock=targets.still(now)) == 1
    verbs = [each["verb"]["display"]["en-US"] for each in json.loads(store.sent[0].body)]
    assert verbs == ["attempted", "passed"]


def test_a_grade_that_is_corrected_back_is_a_statement_of_its_own(store, attempted, now):
    """The store had the statement of the first grade, and went on with the mistake in between for the last word."""
    for score in (1.0, 2.0, 1.0, 1.0):
        attempted(submitted_at=now, score=score, max_score=2.0)
        deliveries.send_due_deliveries(clock=targets.still(now))
    began, graded = told(store)[::2], told(store)[1::2]
    assert len(set(began)) == 1
    assert len(set(graded[:3])) == 3
    assert graded[2] == graded[3]


def test_a_store_that_fails_is_asked_again_later_and_later(store, record, now):
    record(1)
    store.statuses = [500, 503]
    assert deliveries.send_due_deliveries(clock=targets.still(now)) == 0
    assert deliveries.send_due_deliveries(clock=targets.still(now + timedelta(seconds=9))) == 0
    assert len(store.sent) == 1
    assert deliveries.send_due_deliveries(clock=targets.still(now + timedelta(seconds=10))) == 0
    assert deliveries.send_due_deliveries(clock=targets.still(now + timedelta(seconds=29))) == 0
    assert deliveries.send_due_deliveries(clock=targets.still(now + timedelta(seconds=30))) == 1
    assert told(store) == ids() * 3


def test_what_fails_too_often_is_a_dead_letter_until_somebody_asks_again(store, record, now):
    record(1)
    store.statuses = [500] * 3
    for day in range(5):
        deliveries.send_due_deliveries(clock=targets.still(now + timedelta(days=day)))
    assert len(store.sent) == 3
    assert Delivery.objects.dead().count() == 1
    call_command("tracking_xapi", "--retry-dead-letters")
    assert deliveries.send_due_deliveries(clock=targets.still(now + timedelta(days=9))) == 1


def test_one_bad_statement_is_set_aside_alone(store, record, now):
    record(2)
    store.statuses = [400, 400, 200]  # The batch, then one by one.
    assert deliveries.send_due_deliveries(clock=targets.still(now)) == 1
    assert Delivery.objects.dead().count() == 1


def test_a_statement_that_the_store_has_already_is_delivered(store, record, now):
    record(1)
    store.statuses = [409]
    assert deliveries.send_due_deliveries(clock=targets.still(now)) == 1


def test_a_statement_that_the_store_has_already_does_not_hold_up_its_batch(store, record, now):
    """One conflict made the whole batch wait, conflict again, and end as dead letters."""
    record(2)
    store.statuses = [409, 409, 200]  # The batch, then one by one: the first is known, the second is new.
    assert deliveries.send_due_deliveries(clock=targets.still(now)) == 2
    assert [len(json.loads(sent.body)) for sent in store.sent] == [2, 1, 1]


def test_an_attempt_that_the_store_has_in_part_is_told_to_its_end(store, attempted, now):
    """An attempt that was graded has two statements, of which the store had the first since it began."""
    attempted(submitted_at=now, score=1.0, max_score=2.0, is_passed=True)
    store.statuses = [409, 409, 200]
    assert deliveries.send_due_deliveries(clock=targets.still(now)) == 1
    assert [len(json.loads(sent.body)) for sent in store.sent] == [2, 1, 1]


def test_an_attempt_of_which_a_part_fails_is_told_again(store, attempted, now):
    attempted(submitted_at=now, score=1.0, max_score=2.0, is_passed=True)
    store.statuses = [409, 409, 500]
    assert deliveries.send_due_deliveries(clock=targets.still(now)) == 0
    assert Delivery.objects.get().failed_count == 1


def test_a_worker_that_died_loses_nothing(store, record, now):
    record(2)
    delivery_queue.claim_due(LRS, limit=2, now=now)  # And never comes back.
    assert deliveries.send_due_deliveries(clock=targets.still(now + timedelta(minutes=9))) == 0
    assert deliveries.send_due_deliveries(clock=targets.still(now + timedelta(minutes=11))) == 2


def test_a_long_run_leaves_the_rest_to_the_next(store, record, now):
    """A run went on by the clock of its beginning, and what it claimed after ten minutes was anybody's at once."""
    record(5)
    assert deliveries.send_due_deliveries(clock=targets.ticking(now, timedelta(minutes=1))) == 4
    assert deliveries.send_due_deliveries(clock=targets.still(now)) == 1


def test_a_batch_that_is_sent_apart_is_left_to_the_next_run_where_it_takes_too_long(store, record, now):
    record(2)
    store.statuses = [400]
    clock = targets.ticking(now, timedelta(seconds=80))
    assert deliveries.send_due_deliveries(clock=clock) == 1
    assert Delivery.objects.due(now).count() == 1


def test_what_was_deleted_in_the_meantime_is_not_told(store, record, now):
    record(1)
    Event.objects.all().delete()
    deliveries.send_due_deliveries(clock=targets.still(now))
    assert (store.sent, Delivery.objects.count()) == ([], 0)


def test_what_is_told_goes_with_the_learner(store, record, learner):
    record(1)
    learner.delete()
    assert not Delivery.objects.exists()


def test_nothing_is_written_down_where_nobody_is_told(school, record):
    school.course("c", lessons=["a", "b"])
    record(1)
    assert not Delivery.objects.exists()


def test_a_store_that_is_not_there_is_a_failure_like_another(store, record, now, settings):
    record(1)
    settings.TRACKING_XAPI = {"LRS_URL": "http://127.0.0.1:1/"}
    assert deliveries.send_due_deliveries(clock=targets.still(now)) == 0
    assert "no answer" in Delivery.objects.get().error


def test_all_that_was_recorded_before_can_be_sent(store, record, now):
    record(5)
    call_command("tracking_xapi", "--send")
    assert sorted(told(store)) == ids()


def test_a_file_that_was_interrupted_is_gone_on_with(store, record, tmp_path):
    record(5)
    whole, parts = tmp_path / "whole.jsonl", tmp_path / "parts.jsonl"
    call_command("tracking_xapi", "--output", str(whole))
    places = [place for place, _ in record_stream.iter_records(RecordQuery())]
    parts.write_text("".join(whole.read_text().splitlines(keepends=True)[:2]))
    call_command("tracking_xapi", "--output", str(parts), "--after", places[1])
    assert parts.read_text() == whole.read_text()


def test_a_place_that_is_none_is_said_to_be(db):
    with pytest.raises(CommandError, match="not a position"):
        call_command("tracking_xapi", "--after", "elsewhere")
    with pytest.raises(TrackingError):
        record_stream.iter_records(RecordQuery(), after="event:7")


def test_a_file_can_hold_caliper_and_one_course_alone(store, record, tmp_path):
    record(2)
    file = tmp_path / "caliper.jsonl"
    call_command("tracking_xapi", "--format", "caliper", "--course", "c", "--output", str(file))
    assert len(file.read_text().splitlines()) == 2
    call_command("tracking_xapi", "--format", "caliper", "--course", "other", "--output", str(file))
    assert file.read_text() == ""


def test_a_module_and_the_course_are_told_of_once_when_the_last_of_their_units_is_completed(
    store, school, learner, send_online, now
):
    school.course("d", lessons=["a", "b"])
    other = OutlineNode(key="n", kind=UnitKind.MODULE, title="Module n")
    last = node("c", parent_key="n", expected_seconds=100)
    school.change("d", nodes=(*school.outlines["d"].nodes, other, last))
    school.enrol(learner, "d")
    jobs.refresh_outlines(now=now)
    told_of = []
    for unit in ("a", "b", "c"):
        send_online(learner, progress(now, unit, [[0, 100_000]], course="d"))
        for _ in range(2):
            jobs.roll_up(now=now)
        deliveries.send_due_deliveries(clock=targets.still(now))
        statements = [each for sent in store.sent for each in json.loads(sent.body)]
        told_of.append(
            [each["object"]["id"][-9:] for each in statements if each["verb"]["id"].endswith("completed")]
        )
    assert told_of == [[], ["d/units/m"], ["d/units/m", "d/units/n", "courses/d"]]
