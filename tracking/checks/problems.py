"""What proving an adapter against live data turns up: faults, each told once with how often it was seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from django.db import connection

from tracking.lms import Adapter, Outline


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One fault or warning of one kind at one entry; ``seen_count`` is how often it was met in the sample."""

    id: str
    entry: str
    problem: str
    hint: str
    seen_count: int = 1

    @property
    def is_fault(self) -> bool:
        """Whether something is wrong, rather than slow or at risk: then its id has an E."""
        return self.id.startswith("tracking.E")

    def __str__(self) -> str:
        more = f" ({self.seen_count - 1:,} more like it.)" if self.seen_count > 1 else ""
        return f"{self.id} {self.entry}: {self.problem}{more} {self.hint}".rstrip()


class ProblemCollector:
    """Collects faults; those of one kind at one entry are told as one, by the first that was met."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], list[Any]] = {}

    def add(self, check_id: str, entry: str, problem: str, hint: str = "") -> None:
        """Note a fault."""
        known = self._found.setdefault((check_id, entry), [problem, hint, 0])
        known[2] += 1

    def evidence(self) -> list[Problem]:
        """Return what was noted, in the order it was met."""
        return [
            Problem(id=check_id, entry=entry, problem=problem, hint=hint, seen_count=count)
            for (check_id, entry), (problem, hint, count) in self._found.items()
        ]

    @contextmanager
    def watching(self, check_id: str, entry: str, hint: str) -> Iterator[None]:
        """Note whatever the host's code raises in the block, which ends there."""
        try:
            yield
        except Exception as error:  # noqa: BLE001  The host's own code runs in here, and may raise anything.
            self.add(check_id, entry, f"{type(error).__name__}: {_line(error)}", hint)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterTrial:
    """What is being proven, what has been found, and the outlines that could be read, by course key."""

    adapter: Adapter
    docket: ProblemCollector
    read: dict[str, Outline]


@contextmanager
def count_queries() -> Iterator[dict[str, int]]:
    """Count the statements that the block runs, by their text without parameters."""
    counts: dict[str, int] = {}

    def count(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        counts[sql] = counts.get(sql, 0) + 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield counts


@contextmanager
def read_only_database() -> Iterator[None]:
    """Let the database refuse every write in the block, whatever the host's code tries."""
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
        # After a failure inside a transaction of the caller PostgreSQL takes back the setting with the transaction.
        with suppress(Exception):
            _switch(off)


def _switch(sql: str) -> None:
    if sql:
        connection.ensure_connection()
        # Past Django, which runs nothing more in a transaction that has failed.
        cursor = connection.connection.cursor()
        cursor.execute(sql)
        cursor.close()


def _line(error: Exception) -> str:
    return (str(error).strip() or "no message").splitlines()[0][:300]
