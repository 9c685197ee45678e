"""The boundary between a host's page and this app: what goes wrong on our side is logged, counted and over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any, cast

from django.db import router, transaction

from tracking.hooks import deferred, failure_log
from tracking.models import RejectionCount


def guarded(what: str) -> AbstractContextManager[None, bool]:
    """Run the block, and if anything is raised in it, log that ``what`` failed and count it; never raise.

    Inside a transaction of the host the block runs in a savepoint, so that a failed statement of ours does not take the
    host's work with it.
    """
    return cast("AbstractContextManager[None, bool]", _guarded(what))  # Says that it may swallow.


def report_and_count(what: str, error: Exception) -> None:
    """Log and count that ``what`` failed, without a query now."""
    failure_log.report_failure(what, error)
    deferred.start_or_flush()


@contextmanager
def _guarded(what: str) -> Iterator[None]:
    try:
        with _savepoint():
            yield
    except Exception as error:  # noqa: BLE001  This is the boundary.
        report_and_count(what, error)


@contextmanager
def _savepoint() -> Iterator[None]:
    """Put the block in a savepoint where the host is in a transaction, and as soon as the block asks the database."""
    using = router.db_for_write(RejectionCount)
    connection = transaction.get_connection(using)
    if not connection.in_atomic_block:
        yield
        return
    with ExitStack() as stack:
        waiting: transaction.Atomic | None = transaction.atomic(using=using)

        def execute(run: Callable[..., Any], *statement: Any) -> Any:
            nonlocal waiting
            savepoint, waiting = waiting, None
            if savepoint is not None:
                stack.enter_context(savepoint)
            return run(*statement)

        stack.enter_context(connection.execute_wrapper(execute))
        yield
