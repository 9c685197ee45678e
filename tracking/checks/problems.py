"""The problems that a test of the adapter against live data finds, each reported once with its count."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from django.db import connection

from tracking.lms import Adapter, Outline


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One fault or warning of one kind at one entry. ``seen_count`` is how often it occurred in the sample."""

    id: str
    entry: str
    problem: str
    hint: str
    seen_count: int = 1

    @property
    def is_fault(self) -> bool:
        """Whether something is wrong, not just slow or risky. The id of a fault has an E."""
        return self.id.startswith("tracking.E")

    def __str__(self) -> str:
        more = f" ({self.seen_count - 1:,} more like it.)" if self.seen_count > 1 else ""
        return f"{self.id} {self.entry}: {self.problem}{more} {self.hint}".rstrip()


class ProblemCollector:
    """Collects problems. Those of one kind at one entry are reported as one, with the text of the first."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], list[Any]] = {}

    def add(self, check_id: str, entry: str, problem: str, hint: str = "") -> None:
        """Add a problem, or count it if this kind is already known at this entry."""
        known = self._found.setdefault((check_id, entry), [problem, hint, 0])
        known[2] += 1

    def problems(self) -> list[Problem]:
        """Return the problems in the order in which they were found."""
        return [
            Problem(id=check_id, entry=entry, problem=problem, hint=hint, seen_count=count)
            for (check_id, entry), (problem, hint, count) in self._found.items()
        ]

    @contextmanager
    def watching(self, check_id: str, entry: str, hint: str) -> Iterator[None]:
        """Add a problem for any exception of the host's code in the block, and end the block there."""
        try:
            yield
        except Exception as error:  # noqa: BLE001  The host's own code runs in here, and may raise anything.
            self.add(check_id, entry, f"{type(error).__name__}: {_first_line(error)}", hint)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterTrial:
    """The adapter under test, the problems found so far, and the outlines that could be read, by course key."""

    adapter: Adapter
    collector: ProblemCollector
    outlines: dict[str, Outline]


@contextmanager
def count_queries() -> Iterator[dict[str, int]]:
    """Count the statements that the block runs, by their SQL without parameters."""
    counts: dict[str, int] = {}

    def count(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        counts[sql] = counts.get(sql, 0) + 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield counts


@contextmanager
def read_only_database() -> Iterator[None]:
    """Make the database reject every write in the block, even by the host's code."""
    switches = {
        "sqlite": ("PRAGMA query_only = ON", "PRAGMA query_only = OFF"),
        "postgresql": ("SET default_transaction_read_only = on", "SET default_transaction_read_only = off"),
        "mysql": ("SET SESSION TRANSACTION READ ONLY", "SET SESSION TRANSACTION READ WRITE"),
    }
    on, off = switches.get(connection.vendor, ("", ""))
    _switch(on)
    try:
        yield
    finally:
        # In a failed transaction of the caller, PostgreSQL accepts no statement, but its rollback resets the setting.
        with suppress(Exception):
            _switch(off)


def _switch(sql: str) -> None:
    if sql:
        connection.ensure_connection()
        # Use the driver's cursor: Django refuses to run anything in a transaction that has failed.
        cursor = connection.connection.cursor()
        cursor.execute(sql)
        cursor.close()


def _first_line(error: Exception) -> str:
    return (str(error).strip() or "no message").splitlines()[0][:300]
