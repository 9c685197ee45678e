"""Celery's way in, on the real broker where that is the point."""

import logging
import uuid
from contextlib import contextmanager
from datetime import timedelta
from threading import Event

import pytest
from celery.contrib.testing.worker import start_worker
from celery.exceptions import OperationalError
from celery.signals import task_postrun
from django.core.cache import cache
from django.db import connections
from kombu import Queue

from config import celery_app
from tests.messages import batch, progress
from tracking import conf, tasks
from tracking.models import ChangeMark, JobRun, LearnerUnit


@pytest.fixture
def course(school, learner, send, now):
    school.course("c", lessons=["a", "b"], starts_at=now - timedelta(days=30))
    school.enrol(learner, "c")
    send(learner, batch(progress(now, "b", [[0, 60_000]]), sent_at=now))
    return school


@pytest.mark.parametrize(
    "task", [tasks.roll_up, tasks.read_outlines, tasks.mark_running_courses, tasks.purge]
)
def test_a_task_run_twice_leaves_what_it_left_once(course, task):
    task()
    tasks.roll_up()
    before = list(LearnerUnit.objects.values())
    task()
    tasks.roll_up()
    assert list(LearnerUnit.objects.values()) == before


def test_everything_on_the_schedule_is_a_task_that_celery_knows():
    scheduled = {entry["task"] for entry in conf.beat_schedule().values()}
    assert scheduled <= set(celery_app.tasks)


def test_the_schedule_follows_the_settings():
    schedule = conf.beat_schedule({"ROLLUP_EVERY_SECONDS": 3})
    assert schedule["tracking.roll_up"] == {"task": "tracking.roll_up", "schedule": timedelta(seconds=3)}


def test_many_hints_at_once_are_one_message(settings, monkeypatch):
    cache.clear()
    sent = []
    monkeypatch.setattr(tasks.roll_up, "apply_async", lambda **options: sent.append(options))
    tasks.hint()
    tasks.hint()
    assert sent == [{"countdown": 1, "retry": False}]


def test_a_broker_that_is_gone_costs_a_line_in_the_log_and_nothing_else(monkeypatch, caplog):
    cache.clear()

    def refuse(**_options):
        raise OperationalError

    monkeypatch.setattr(tasks.roll_up, "apply_async", refuse)
    with caplog.at_level(logging.WARNING, logger="tracking.tasks"):
        tasks.hint()
    assert "No broker takes the hint" in caplog.text


REDIS = pytest.param("redis_url", marks=pytest.mark.redis)
RABBITMQ = pytest.param("rabbitmq_url", marks=pytest.mark.rabbitmq)


@pytest.fixture(params=[REDIS, RABBITMQ])
def queue(request, monkeypatch):
    """A queue of its own on a real broker: its name, and a connection to send through."""
    url = request.getfixturevalue(request.param)
    name = f"tracking-test-{uuid.uuid4()}"
    monkeypatch.setattr(celery_app.conf, "broker_url", url)
    with celery_app.connection_for_write(url) as connection:
        yield name, connection
        Queue(name)(connection.default_channel).delete()


@pytest.mark.django_db(transaction=True)
def test_a_worker_on_a_real_broker_rolls_up_what_a_message_asks_for(queue, course):
    name, connection = queue
    is_done = Event()
    with (
        _when_done(is_done),
        start_worker(celery_app, perform_ping_check=False, pool="solo", queues=[name], shutdown_timeout=60),
    ):
        tasks.roll_up.apply_async(connection=connection, queue=name)  # type: ignore[call-arg]  # left out of the stubs
        assert is_done.wait(timeout=30)
    assert LearnerUnit.objects.filter(unit_key="b", state="completed").exists()
    assert not ChangeMark.objects.exists()
    assert JobRun.objects.filter(job="roll_up", error="").exists()


@contextmanager
def _when_done(is_done):
    def tell(**_signal):
        # The worker's thread keeps its connection, and PostgreSQL drops no database that somebody holds open.
        connections.close_all()
        is_done.set()

    task_postrun.connect(tell, sender=tasks.roll_up)
    yield
    task_postrun.disconnect(tell, sender=tasks.roll_up)
