"""The boundary between a host's page and this app: what goes wrong on our side is logged, counted and over."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import cast

from django.db import InterfaceError, OperationalError, router, transaction

from tracking.capture import refusals
from tracking.models import Refusal

FAULT = "fault"
"""The reason under which a fault of our own is counted among the refusals."""

logger = logging.getLogger("tracking.capture")


def guarded(what: str) -> AbstractContextManager[None, bool]:
    """Run the block, and if anything is raised in it, log that ``what`` failed and count it; never raise.

    Inside a transaction of the host the block runs in a savepoint, so that a failed statement of ours does not take the
    host's work with it.
    """
    return cast("AbstractContextManager[None, bool]", _guarded(what))  # Says that it may swallow.


@contextmanager
def _guarded(what: str) -> Iterator[None]:
    try:
        with _savepoint():
            yield
    except Exception as error:
        logger.exception("%s failed. The host goes on without it.", what)
        # A database that does not answer is not kept waiting for a second time.
        if not isinstance(error, OperationalError | InterfaceError):
            _count()


def _savepoint() -> transaction.Atomic | nullcontext[None]:
    using = router.db_for_write(Refusal)
    is_inside = transaction.get_connection(using).in_atomic_block
    return transaction.atomic(using=using) if is_inside else nullcontext()


def _count() -> None:
    try:
        refusals.count(FAULT)
    except Exception:
        logger.exception("Counting a fault failed.")
