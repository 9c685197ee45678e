"""What waits, for how long, and what becomes of it where it cannot be written."""

import os
import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.test.utils import CaptureQueriesContext

from tracking.capture import page_views, rejections
from tracking.capture.page_views import PageOpening
from tracking.hooks import deferred, failure_log
from tracking.hooks.deferred import DeferredWork
from tracking.lms import UnitRef
from tracking.models import Event, RejectionCount


def opening(learner_id=1, unit_key="u"):
    at = datetime(2026, 3, 11, tzinfo=UTC)
    return PageOpening(learner_id=learner_id, unit=UnitRef(course_key="c", unit_key=unit_key), at=at)


@pytest.fixture
def stored(monkeypatch):
    """The batches that were stored; nothing reaches a database."""
    batches: list[list[PageOpening]] = []
    monkeypatch.setattr(page_views, "record_page_views", batches.append)
    return batches


@pytest.fixture
def counted(monkeypatch):
    counts = []
    monkeypatch.setattr(
        rejections, "count_rejected", lambda reason, *, rejected_count: counts.append(rejected_count)
    )
    return counts


def test_openings_are_stored_together_in_their_order(stored):
    waiting = DeferredWork()
    for unit_key in "abc":
        waiting.add(opening(unit_key=unit_key))

    waiting.flush()
    waiting.flush()

    assert [[each.unit.unit_key for each in batch] for batch in stored] == [["a", "b", "c"]]


def test_a_long_wait_is_stored_batch_by_batch(stored, monkeypatch):
    monkeypatch.setattr(deferred, "BATCH", 2)
    waiting = DeferredWork()
    for _ in range(5):
        waiting.add(opening())

    waiting.flush()

    assert [len(batch) for batch in stored] == [2, 2, 1]


def test_what_the_database_is_too_busy_for_is_kept_in_its_order(stored, monkeypatch, counted):
    waiting = DeferredWork()
    for unit_key in "ab":
        waiting.add(opening(unit_key=unit_key))
    with monkeypatch.context() as busy:
        busy.setattr(page_views, "record_page_views", raising(OperationalError("database is locked")))
        waiting.flush()

    waiting.flush()

    assert [[each.unit.unit_key for each in batch] for batch in stored] == [["a", "b"]]
    assert counted == []


def test_one_that_cannot_be_stored_is_counted_and_does_not_take_the_others_with_it(monkeypatch, counted):
    stored: list[str] = []

    def store(batch):
        if any(each.unit.unit_key == "bad" for each in batch):
            raise IntegrityError("no such learner")
        stored.extend(each.unit.unit_key for each in batch)

    monkeypatch.setattr(page_views, "record_page_views", store)
    waiting = DeferredWork()
    for unit_key in ("a", "bad", "b"):
        waiting.add(opening(unit_key=unit_key))

    waiting.flush()

    assert stored == ["a", "b"]
    assert counted == [1]
    assert waiting.is_empty


def test_what_does_not_fit_any_more_is_counted(stored, monkeypatch, counted):
    monkeypatch.setattr(deferred, "MAX_DEFERRED", 2)
    waiting = DeferredWork()
    for _ in range(5):
        waiting.add(opening())

    waiting.flush()

    assert [len(batch) for batch in stored] == [2]
    assert counted == [3]


def test_faults_that_could_not_be_counted_are_counted_later(monkeypatch, counted):
    failure_log.report_failure("Trying", RuntimeError())
    with monkeypatch.context() as away:
        away.setattr(rejections, "count_rejected", raising(OperationalError()))
        DeferredWork().flush()

    DeferredWork().flush()

    assert counted == [1]


def test_work_that_is_asked_for_often_is_done_once(counted):
    done = []
    waiting = DeferredWork()
    work = lambda: done.append("work")  # noqa: E731
    waiting.add_call(work)
    waiting.add_call(work)

    waiting.flush()

    assert done == ["work"]


def test_work_that_fails_is_counted(counted):
    waiting = DeferredWork()
    waiting.add_call(raising(ConnectionError()))

    waiting.flush()

    assert counted == [1]


def test_a_thread_stores_what_waits_and_leaves_when_nothing_comes(monkeypatch):
    monkeypatch.setattr(deferred, "EVERY_SECONDS", 0.001)
    monkeypatch.setattr(deferred, "IDLE_SECONDS", 0.002)
    stored = threading.Event()
    monkeypatch.setattr(page_views, "record_page_views", lambda batch: stored.set())
    waiting = DeferredWork()
    waiting.add(opening())

    waiting.start()

    assert stored.wait(10)
    thread = waiting._thread
    if thread is not None:
        thread.join(10)
    assert waiting._thread is None


def test_a_full_batch_does_not_wait_for_the_second_to_be_over(monkeypatch):
    monkeypatch.setattr(deferred, "EVERY_SECONDS", 60)
    monkeypatch.setattr(deferred, "BATCH", 2)
    stored = threading.Event()
    monkeypatch.setattr(page_views, "record_page_views", lambda batch: stored.set())
    waiting = DeferredWork()
    waiting.start()

    waiting.add(opening())
    waiting.add(opening())

    assert stored.wait(10)


def test_a_forked_process_leaves_to_its_parent_what_the_parent_gathered(stored):
    waiting = DeferredWork()
    waiting.add(opening())

    waiting.reset()
    waiting.flush()

    assert stored == []


END = """
import django
django.setup()
from datetime import UTC, datetime
from tracking.capture import page_views
from tracking.hooks import deferred
from tracking.lms import UnitRef
page_views.record_page_views = lambda batch: print("stored", len(batch))
unit = UnitRef(course_key="c", unit_key="u")
deferred.defer_page_view(page_views.PageOpening(learner_id=1, unit=unit, at=datetime.now(UTC)))
"""


def test_a_process_that_ends_stores_what_waits():
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}

    ended = subprocess.run(
        [sys.executable, "-c", END], env=environment, capture_output=True, text=True, timeout=60, check=True
    )

    assert ended.stdout == "stored 1\n"


def test_a_process_that_ends_does_not_wait_for_ever_for_a_thread_that_hangs(stored, monkeypatch):
    monkeypatch.setattr(deferred, "EXIT_TIMEOUT_SECONDS", 0.01)
    waiting = DeferredWork()
    waiting._has_worked = True
    waiting.add(opening())
    held, over = threading.Event(), threading.Event()

    def hang():
        with waiting._flushing:
            held.set()
            over.wait(10)

    hanging = threading.Thread(target=hang)
    hanging.start()
    held.wait(10)
    waiting.flush_at_exit()
    over.set()
    hanging.join()

    assert stored == []


@pytest.fixture
def host(settings):
    """A host whose outline knows the unit."""
    settings.TRACKING = {"ADAPTER": "tests.small_host.Adapter"}


@pytest.mark.django_db
@pytest.mark.usefixtures("host")
def test_many_openings_cost_as_many_queries_as_one(make_learner, learner):
    silent = make_learner("silent", purposes=())
    waiting = DeferredWork()
    costs = []
    for count in (1, 1, 20):  # The first asks the host for its outline.
        for each in (learner, silent) * count:
            waiting.add(opening(each.pk))
        with CaptureQueriesContext(connection) as queries:
            waiting.flush()
        costs.append(len(queries))

    assert costs[1] == costs[2]
    assert list(Event.objects.values_list("learner_id", "unit_key")) == [(learner.pk, "u")] * 22


@pytest.mark.django_db
@pytest.mark.usefixtures("host")
def test_in_a_test_an_opening_is_stored_at_once(learner):
    deferred.defer_page_view(opening(learner.pk))

    assert Event.objects.count() == 1


def test_a_fault_that_repeats_is_logged_once_a_minute_and_says_how_often_it_was(caplog, monkeypatch):
    clock = iter([0.0, 1.0, 2.0, 70.0])
    monkeypatch.setattr(failure_log, "monotonic", lambda: next(clock) + 1000)

    for _ in range(4):
        failure_log.report_failure("Trying", RuntimeError())

    assert [record.getMessage() for record in caplog.records] == [
        "Trying failed. The host is not affected.",
        "Trying failed. The host is not affected. It failed 2 more times since the last log line.",
    ]
    assert failure_log.take_uncounted() == 4


def test_faults_of_two_kinds_are_logged_apart(caplog):
    failure_log.report_failure("Trying", RuntimeError())
    failure_log.report_failure("Trying", ValueError())

    assert len(caplog.records) == 2


@pytest.mark.django_db
def test_faults_are_counted_among_the_refusals(db):
    failure_log.report_failure("Trying", RuntimeError())
    failure_log.report_failure("Trying", RuntimeError())

    deferred.flush_deferred()

    assert list(RejectionCount.objects.values_list("reason", "rejected_count")) == [("fault", 2)]


def raising(error):
    def fail(*_, **__):
        raise error

    return fail
