"""What a page leaves to be done a moment later, so that no page of the host waits for a database or a broker of ours.

Openings of units and counts of faults wait in the memory of the process, for a second at most, until a thread writes
them. A process that is killed loses them; one that ends writes them first. While the database does not answer they are
kept and tried again, up to ``MAX_DEFERRED`` of them.
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
"""The reason under which faults of our own are counted among the refusals."""

MAX_DEFERRED = 10_000
BATCH = 500
"""Openings that wait no longer for the second to be over, and that are written in one statement."""

EVERY_SECONDS = 1.0
IDLE_SECONDS = 10.0
"""How long the thread and its connection are kept without work."""

LEAVING_SECONDS = 5.0
"""How long a process that ends waits for a thread that hangs in the database."""


class DeferredWork:
    """What waits in one process, and the thread that sees to it."""

    def __init__(self) -> None:
        self.begin_anew()

    def begin_anew(self) -> None:
        """Wait for nothing: after a fork, what the parent has gathered is the parent's, and so is its thread."""
        self._openings: deque[PageOpening] = deque()
        self._asked: dict[Callable[[], object], None] = {}
        self._thread: threading.Thread | None = None
        self._has_worked = False
        self._starting = threading.Lock()
        self._flushing = threading.RLock()
        self._is_full = threading.Event()

    def add(self, opening: PageOpening) -> None:
        """Keep ``opening`` to be stored soon."""
        if len(self._openings) < MAX_DEFERRED:
            self._openings.append(opening)
        else:
            failure_log.report_failure("Queueing a page view", OverflowError(f"{MAX_DEFERRED} are waiting."))
        if len(self._openings) >= BATCH:
            self._is_full.set()

    def ask(self, work: Callable[[], object]) -> None:
        """Keep ``work`` to be called soon, once however often it is asked for by then."""
        self._asked[work] = None

    def start(self) -> None:
        """See to it that a thread does what waits."""
        with self._starting:
            self._has_worked = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="tracking-backlog", daemon=True)
                self._thread.start()

    def flush(self, *, patience: float = -1) -> None:
        """Do now all that waits; never raises. ``patience`` bounds the wait for another thread that is at it."""
        if not self._flushing.acquire(timeout=patience):
            return
        try:
            self._store_all()
            self._do_asked()
            _count_faults()
        finally:
            self._flushing.release()

    def leave(self) -> None:
        """Do what waits before the process ends; nothing after tests, whose tables are gone by then."""
        if self._has_worked:
            self.flush(patience=LEAVING_SECONDS)

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not self._openings and not self._asked

    def _work(self) -> None:
        idle_seconds = 0.0
        while True:
            self._is_full.wait(EVERY_SECONDS)
            self._is_full.clear()
            idle_seconds = idle_seconds + EVERY_SECONDS if self.is_empty else 0.0
            self.flush()
            close_old_connections()
            with self._starting:
                # Who adds something after this finds no thread, and starts another.
                if idle_seconds >= IDLE_SECONDS and self.is_empty:
                    self._thread = None
                    break
        connections.close_all()

    def _store_all(self) -> None:
        while self._openings:
            batch = [self._openings.popleft() for _ in range(min(BATCH, len(self._openings)))]
            try:
                _store(batch)
            except (OperationalError, InterfaceError) as error:
                # No fault of the batch: the database is away, or busy. It is tried again in a second.
                self._openings.extendleft(reversed(batch))
                failure_log.log_failure("Storing page views", error)
                return

    def _do_asked(self) -> None:
        while self._asked:
            work, _ = self._asked.popitem()
            try:
                work()
            except Exception as error:  # noqa: BLE001  There is nobody above to tell.
                failure_log.report_failure("Triggering a rollup", error)


def defer_page_view(opening: PageOpening) -> None:
    """Store ``opening`` within a second; in a test at once: it has no second to wait, and then no tables."""
    the_backlog.add(opening)
    start_or_flush()


def defer(work: Callable[[], object]) -> None:
    """Call ``work`` within a second, in another thread than that of a page."""
    the_backlog.ask(work)
    start_or_flush()


def start_or_flush() -> None:
    """Have done what waits."""
    # What Django's test runners set up, and what its own tests go by.
    if hasattr(mail, "outbox"):
        the_backlog.flush()
    else:
        the_backlog.start()


def flush_deferred() -> None:
    """Do now all that pages have left to be done; for scripts and tests that look at the tables next."""
    the_backlog.flush()


def _store(batch: Sequence[PageOpening]) -> None:
    try:
        page_views.record_page_views(batch)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001  One that cannot be stored is not to take the others with it.
        if len(batch) == 1:
            failure_log.report_failure("Storing a page view", error)
            return
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
os.register_at_fork(after_in_child=the_backlog.begin_anew)
atexit.register(the_backlog.leave)
