"""Real brokers: the one inside the process, Redis and RabbitMQ. What they lose or refuse is done later, not lost."""

import logging
import uuid
from contextlib import contextmanager
from datetime import timedelta
from threading import Event

import pytest
import redis
from celery.beat import Scheduler
from celery.contrib.testing.worker import start_worker
from celery.signals import task_postrun
from django.core.cache import cache
from django.db import connections
from django.test import Client

from config import celery_app
from tests.messages import batch, progress
from tests.servers import redis as redis_server
from tracking import conf, tasks
from tracking.models import JobRun, LearnerUnit, PendingChange

REDIS = pytest.param("redis_url", marks=pytest.mark.redis)
RABBITMQ = pytest.param("rabbitmq_url", marks=pytest.mark.rabbitmq)


@pytest.fixture
def course(school, learner, send_online, now):
    school.course("c", lessons=["a", "b"], starts_at=now - timedelta(days=30))
    school.enrol(learner, "c")
    send_online(learner, progress(now, "b", [[0, 60_000]]))
    return school


@pytest.fixture
def use(monkeypatch):
    """Have the app talk to a broker, on connections of its own."""

    def use(url):
        monkeypatch.setattr(celery_app.conf, "broker_url", url)
        monkeypatch.setattr(celery_app, "_pool", None)
        monkeypatch.setattr(celery_app.amqp, "_producer_pool", None)

    return use


@pytest.fixture(params=["memory://", REDIS, RABBITMQ])
def queue(request, settings, use):
    """A queue of our own on a broker: its name."""
    use(request.param if "://" in request.param else request.getfixturevalue(request.param))
    name = f"tracking-test-{uuid.uuid4()}"
    settings.TRACKING = {**settings.TRACKING, "CELERY_QUEUE": name}
    yield name
    with celery_app.connection_for_write() as connection:
        celery_app.amqp.queues[name](connection.default_channel).delete()


@pytest.mark.django_db(transaction=True)
def test_a_message_that_the_broker_lost_is_made_up_for_by_the_schedule(course, queue):
    """The course is asked for before the queue: what it records hints at a roll-up, on whatever broker there is."""
    is_done = Event()
    cache.clear()
    tasks.trigger_rollup()
    with celery_app.connection_for_write() as connection:
        # Lost: flushed, restarted without a disk, thrown out for want of memory.
        assert celery_app.amqp.queues[queue](connection.default_channel).purge() == 1
    schedule = Scheduler(celery_app, lazy=True)
    schedule.update_from_dict(conf.beat_schedule({"CELERY_QUEUE": queue}))
    with (
        _when_done(is_done),
        start_worker(celery_app, perform_ping_check=False, pool="solo", queues=[queue], shutdown_timeout=60),
    ):
        schedule.apply_async(schedule.schedule["tracking.roll_up"])
        assert is_done.wait(timeout=30)
    assert LearnerUnit.objects.filter(unit_key="b", state="completed").exists()
    assert not PendingChange.objects.exists()
    assert JobRun.objects.filter(job="roll_up", error="").exists()


@pytest.fixture
def full_redis(use):
    """A Redis that has no memory left and may throw nothing out."""
    with redis_server.private() as url, redis.Redis.from_url(url) as server:
        server.config_set("maxmemory-policy", "noeviction")
        server.config_set("maxmemory", "1")
        use(f"{url}/0")
        yield server


@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("state", ["full", "gone"])
def test_a_broker_that_takes_nothing_costs_no_event(course, full_redis, learner, now, state, caplog):
    if state == "gone":
        full_redis.shutdown(nosave=True)
    cache.clear()
    client = Client()
    client.force_login(learner)
    marks = PendingChange.objects.count()
    body = batch(progress(now, "a", [[0, 60_000]]), sent_at=now)
    with caplog.at_level(logging.WARNING, logger="tracking.tasks"):
        answer = client.post(
            "/learning/events/",
            body,
            content_type="application/json",
            headers={"sec-fetch-site": "same-origin"},
        )
    assert (answer.status_code, answer.json()["accepted"]) == (202, 1)
    assert "The schedule will pick up the work" in caplog.text
    assert PendingChange.objects.count() > marks


@contextmanager
def _when_done(is_done):
    def tell(**_signal):
        # The worker's thread keeps its connection, and PostgreSQL drops no database that somebody holds open.
        connections.close_all()
        is_done.set()

    task_postrun.connect(tell, sender=tasks.roll_up)
    yield
    task_postrun.disconnect(tell, sender=tasks.roll_up)
