"""Work that pages defer, so that no page of the host waits for our queries or for a broker.

Page views and counts of faults wait in memory for at most a second, until a thread writes them. A process that exits
writes them first; one that is killed loses them. If the database is down, they are kept and retried, up to
``MAX_DEFERRED`` of them.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections import deque
from collections.abc import Callable, Sequence

from django.core import mail
from django.db import Error as AnyDatabaseError
from django.db import InterfaceError, OperationalError, close_old_connections, connections

from tracking.capture import page_views, rejections
from tracking.capture.page_views import PageOpening
from tracking.hooks import failure_log

FAULT = "fault"
"""The reason under which our own faults are counted among the rejections."""

MAX_DEFERRED = 10_000
BATCH = 500
"""Page views that one statement writes. This many are written at once, without waiting for the second to pass."""

EVERY_SECONDS = 1.0
IDLE_SECONDS = 10.0
"""How long the thread and its connection stay open without work."""

EXIT_TIMEOUT_SECONDS = 5.0
"""How long an exiting process waits for a thread that hangs in the database."""


class DeferredWork:
    """The work that waits in one process, and the thread that does it."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Start empty, without a thread. Called after a fork, because the work and the thread belong to the parent."""
        self._openings: deque[PageOpening] = deque()
        self._calls: dict[Callable[[], object], None] = {}
        self._thread: threading.Thread | None = None
        self._has_worked = False
        self._starting = threading.Lock()
        self._flushing = threading.RLock()
        self._is_full = threading.Event()

    def add(self, opening: PageOpening) -> None:
        """Queue ``opening``. If the queue is full, count it as a fault instead."""
        if len(self._openings) < MAX_DEFERRED:
            self._openings.append(opening)
        else:
            failure_log.report_failure("Queueing a page view", OverflowError(f"{MAX_DEFERRED} are waiting."))
        if len(self._openings) >= BATCH:
            self._is_full.set()

    def add_call(self, work: Callable[[], object]) -> None:
        """Queue a call of ``work``. However often it is queued until then, it is called once."""
        self._calls[work] = None

    def start(self) -> None:
        """Start the thread, if it does not run yet."""
        with self._starting:
            self._has_worked = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="tracking-backlog", daemon=True)
                self._thread.start()

    def flush(self, *, timeout: float = -1) -> None:
        """Do all waiting work now; never raises. ``timeout`` bounds the wait, in seconds, for another thread."""
        if not self._flushing.acquire(timeout=timeout):
            return
        try:
            self._store_all()
            self._run_calls()
            _count_faults()
        finally:
            self._flushing.release()

    def flush_at_exit(self) -> None:
        """Do the waiting work before the process exits, unless it never had a thread, as in tests."""
        if self._has_worked:
            self.flush(timeout=EXIT_TIMEOUT_SECONDS)

    @property
    def is_empty(self) -> bool:
        """Whether no work waits."""
        return not self._openings and not self._calls

    def _work(self) -> None:
        idle_seconds = 0.0
        while True:
            self._is_full.wait(EVERY_SECONDS)
            self._is_full.clear()
            idle_seconds = idle_seconds + EVERY_SECONDS if self.is_empty else 0.0
            self.flush()
            # No request ends in this thread, so nothing else closes connections that are broken or too old.
            close_old_connections()
            with self._starting:
                # Clear _thread under the lock: a caller that adds work after this point must start a new thread, or its
                # work is never done.
                if idle_seconds >= IDLE_SECONDS and self.is_empty:
                    self._thread = None
                    break
        # The connections belong to this thread and would stay open without use.
        connections.close_all()

    def _store_all(self) -> None:
        while self._openings:
            batch = [self._openings.popleft() for _ in range(min(BATCH, len(self._openings)))]
            try:
                _store(batch)
            except (OperationalError, InterfaceError) as error:
                # The database is down or busy, not the batch bad: keep it for a retry, or page views are lost.
                self._openings.extendleft(reversed(batch))
                failure_log.log_failure("Storing page views", error)
                return

    def _run_calls(self) -> None:
        while self._calls:
            work, _ = self._calls.popitem()
            try:
                work()
            except Exception as error:  # noqa: BLE001  This thread has no caller that could handle it.
                failure_log.report_failure("Triggering a rollup", error)


def defer_page_view(opening: PageOpening) -> None:
    """Store ``opening`` within a second. In tests, store it at once, because their tables are gone a second later."""
    the_backlog.add(opening)
    start_or_flush()


def defer(work: Callable[[], object]) -> None:
    """Call ``work`` within a second, in a thread that serves no page. In tests, call it at once."""
    the_backlog.add_call(work)
    start_or_flush()


def start_or_flush() -> None:
    """Let the thread do the waiting work. In tests, do it at once."""
    # mail.outbox exists only in tests: Django's test environment, which pytest-django uses too, creates it.
    if hasattr(mail, "outbox"):
        the_backlog.flush()
    else:
        the_backlog.start()


def flush_deferred() -> None:
    """Do all deferred work now, for scripts and tests that read the tables next."""
    the_backlog.flush()


def _store(batch: Sequence[PageOpening]) -> None:
    try:
        page_views.record_page_views(batch)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001  One bad page view must not lose the others of its batch.
        if len(batch) == 1:
            failure_log.report_failure("Storing a page view", error)
            return
        # Store them one by one, so that only the bad one is lost.
        for opening in batch:
            _store([opening])


def _count_faults() -> None:
    count = failure_log.take_uncounted()
    try:
        if count:
            rejections.count_rejected(FAULT, rejected_count=count)
    except AnyDatabaseError as error:
        failure_log.log_failure("Counting faults", error)
        failure_log.restore_uncounted(count)


the_backlog = DeferredWork()
# Preforking servers copy the queue into each child, which would store every page view once more.
os.register_at_fork(after_in_child=the_backlog.reset)
atexit.register(the_backlog.flush_at_exit)
