"""The boundary between the host's page and this app: errors of ours are logged and counted, and end here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any, cast

from django.db import router, transaction

from tracking.hooks import deferred, failure_log
from tracking.models import RejectionCount


def guarded(what: str) -> AbstractContextManager[None, bool]:
    """Run the block. If it raises, log that ``what`` failed and count it. Never raises.

    In a transaction of the host, the block runs in a savepoint, so a failed statement of ours cannot abort the host's
    work.
    """
    return cast("AbstractContextManager[None, bool]", _guarded(what))  # bool: it may suppress exceptions.


def report_and_count(what: str, error: Exception) -> None:
    """Log that ``what`` failed and count it later, without a query now."""
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
    """Open a savepoint at the first query of the block, if the host is in a transaction.

    A block without queries costs no savepoint.
    """
    using = router.db_for_write(RejectionCount)
    connection = transaction.get_connection(using)
    if not connection.in_atomic_block:
        yield
        return
    with ExitStack() as stack:
        # Open it at the first query only: SAVEPOINT is a query itself, and pages must cost no query of ours.
        unopened: transaction.Atomic | None = transaction.atomic(using=using)

        def execute(run: Callable[..., Any], *statement: Any) -> Any:
            nonlocal unopened
            savepoint, unopened = unopened, None
            if savepoint is not None:
                stack.enter_context(savepoint)
            return run(*statement)

        stack.enter_context(connection.execute_wrapper(execute))
        yield
