from datetime import timedelta
from threading import Event
from threading import enumerate as running_threads

import pytest
from celery import Celery

from config import embedded

# A worker that starts runs the system checks, and some of those ask the database.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def app() -> Celery:
    """A Celery app with a broker inside this process."""
    app = Celery("embedded", broker="memory://", set_as_current=False)
    app.conf.broker_transport_options = {"polling_interval": 0.01}
    app.conf.task_ignore_result = True
    return app


def names() -> set[str]:
    return {thread.name for thread in running_threads()}


def test_a_job_that_is_sent_is_done_by_a_thread_of_this_process(app):
    is_done = Event()

    @app.task
    def work() -> None:
        is_done.set()

    with embedded.running(app):
        work.delay()
        assert is_done.wait(timeout=20)


def test_a_job_on_the_schedule_is_done_when_its_time_comes(app):
    is_done = Event()

    @app.task(name="tick")
    def tick() -> None:
        is_done.set()

    app.conf.beat_schedule = {"tick": {"task": "tick", "schedule": timedelta(seconds=0.1)}}
    with embedded.running(app):
        assert is_done.wait(timeout=20)


def test_nothing_runs_on_after_the_block(app):
    with embedded.running(app):
        assert {"worker", "beat"} <= names()
    assert not {"worker", "beat"} & names()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_worker_that_cannot_start_is_told_and_not_waited_for(app, monkeypatch):
    def fail(**_options):
        raise ValueError("no such broker")

    monkeypatch.setattr(embedded, "WorkController", fail)
    with pytest.raises(embedded.WorkerDied), embedded.running(app):
        pass
