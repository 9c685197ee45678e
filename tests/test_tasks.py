"""Celery's way in; tests/test_brokers.py has the real brokers."""

import logging
from datetime import timedelta
from types import SimpleNamespace

import pytest
from celery import Celery
from celery.exceptions import OperationalError
from celery.signals import celeryd_init
from django.core.cache import cache

from config import celery_app
from tests.messages import progress
from tracking import conf, tasks
from tracking.models import LearnerUnit


@pytest.fixture
def course(school, learner, send_online, now):
    school.course("c", lessons=["a", "b"], starts_at=now - timedelta(days=30))
    school.enrol(learner, "c")
    send_online(learner, progress(now, "b", [[0, 60_000]]))
    return school


@pytest.mark.parametrize(
    "task", [tasks.roll_up, tasks.refresh_outlines, tasks.mark_running_courses_changed, tasks.purge_expired]
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
    assert schedule["tracking.roll_up"] == {
        "task": "tracking.roll_up",
        "schedule": timedelta(seconds=3),
        "options": {"queue": "tracking", "expires": 600},
    }
    assert schedule["tracking.purge_expired"]["options"]["expires"] == 86_400
    other = conf.beat_schedule({"CELERY_QUEUE": "slow"})
    assert {entry["options"]["queue"] for entry in other.values()} == {"slow"}


def test_many_hints_at_once_are_one_message(settings, monkeypatch):
    cache.clear()
    sent = []
    monkeypatch.setattr(tasks.roll_up, "apply_async", lambda **options: sent.append(options))
    tasks.trigger_rollup()
    tasks.trigger_rollup()
    assert sent == [{"countdown": 1, "retry": False, "queue": "tracking", "ignore_result": True}]


def test_a_cache_that_is_gone_keeps_no_hint_back(monkeypatch):
    def refuse(*_):
        raise ConnectionError

    sent = []
    monkeypatch.setattr("tracking.tasks.cache.add", refuse)
    monkeypatch.setattr(tasks.roll_up, "apply_async", lambda **options: sent.append(options))
    tasks.trigger_rollup()
    assert len(sent) == 1


def test_a_broker_that_is_gone_costs_a_line_in_the_log_and_nothing_else(monkeypatch, caplog):
    cache.clear()

    def refuse(**_options):
        raise OperationalError

    monkeypatch.setattr(tasks.roll_up, "apply_async", refuse)
    with caplog.at_level(logging.WARNING, logger="tracking.tasks"):
        tasks.trigger_rollup()
    assert "Cannot trigger" in caplog.text


@pytest.mark.parametrize(
    ("options", "taken"),
    [
        ({}, ["celery", "tracking"]),
        ({"queues": ["celery"]}, ["celery"]),
        ({"queues": ["tracking"]}, ["tracking"]),
        ({"exclude_queues": ["tracking"]}, ["celery"]),
    ],
)
def test_a_worker_takes_our_queue_unless_it_was_told_its_queues(options, taken):
    worker = SimpleNamespace(app=Celery("other", broker="memory://", set_as_current=False))
    queues = worker.app.amqp.queues
    celeryd_init.send(sender="worker", instance=worker, conf=worker.app.conf, options=options)
    # What the worker does next.
    queues.select(options.get("queues"))
    queues.deselect(options.get("exclude_queues"))
    assert sorted(queues.consume_from) == taken
