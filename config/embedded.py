"""Run a Celery worker and beat as threads of the web process, for a site of one process and no broker.

Copy this file to run a small site this way: set the broker to ``memory://`` and wrap the server in ``running(app)``. A
site of several processes needs a shared broker, ``celery worker`` and ``celery beat``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from celery import Celery
from celery.beat import Scheduler, Service
from celery.worker import WorkController, state

from tracking import conf


class WorkerDied(Exception):
    """Raised if the worker ends before it is ready."""


class _WorkerThread(Thread):
    """A worker that runs one job at a time, because SQLite allows only one writer."""

    def __init__(self, app: Celery) -> None:
        super().__init__(name="worker", daemon=True)
        self.is_ready = Event()
        self._app = app

    def run(self) -> None:
        self._app.set_current()
        # Create the worker in its own thread: creating it closes the database connections of the current thread.
        worker = WorkController(
            app=self._app,
            queues=[self._app.conf.task_default_queue, conf.get_settings().CELERY_QUEUE],
            pool="solo",
            concurrency=1,
            without_gossip=True,
            without_heartbeat=True,
            without_mingle=True,
            ready_callback=lambda consumer: self.is_ready.set(),
        )
        worker.start()

    def stop(self) -> None:
        # The worker reads this flag between two jobs. Its own stop() is not safe to call from another thread.
        state.should_stop = 0  # type: ignore[assignment]  # typed as None, its initial value
        self.join()
        state.should_stop = None


@contextmanager
def running(app: Celery) -> Iterator[None]:
    """Run a worker and the beat schedule of ``app`` until the block ends. The current job is finished first.

    Raises ``WorkerDied`` if the worker cannot start.
    """
    # The default scheduler stores its times in a file, and two sites in one folder would overwrite each other's.
    # max_interval=1 lets it stop within a second.
    beat = Service(app, max_interval=1, scheduler_cls=Scheduler)
    worker = _WorkerThread(app)
    worker.start()
    while not worker.is_ready.wait(0.1):
        if not worker.is_alive():
            raise WorkerDied("The worker in this process could not start. Its error is above.")
    Thread(target=beat.start, name="beat", daemon=True).start()
    try:
        yield
    finally:
        beat.stop(wait=True)
        worker.stop()
