"""Monthly partitions of raw events on PostgreSQL, created ahead of time and dropped whole, not row by row.

The month of an event is that of its id: the first 48 bits of a UUID of version 7 are milliseconds, and PostgreSQL
compares UUIDs byte by byte. So the partition key is the primary key itself. It stays unique across partitions, whatever
time an event claims. Ids that fit no partition (other versions, wrong clocks, dropped months) go to a default
partition, which is purged row by row.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any, TypeVar
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.db.models import Q

from tracking.models import Event

TABLE = Event._meta.db_table
DEFAULT = f"{TABLE}_default"

MONTHS_AHEAD = 3
"""Months that get a partition before they begin: the job that creates them may fail for that long."""
MAX_MOVED_ROWS = 10_000
"""Most rows to move out of the default partition under a lock; ``tracking_partition`` moves larger months."""

LOCK_TIMEOUT = "400ms"
"""How long pages may queue behind our wait for a lock. Shorter than ``deadlock_timeout`` of PostgreSQL."""
LOCK_TRIES = 20
LOCK_PAUSE_SECONDS = 0.5
LOCK_STATES = frozenset({"55P03", "40P01"})
"""SQLSTATE of a lock timeout and of a deadlock."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month in UTC."""

    first: date

    @classmethod
    def of(cls, day: date) -> Month:
        """Return the month of ``day``."""
        return cls(day.replace(day=1))

    @property
    def next(self) -> Month:
        """The following month."""
        return Month.of(self.first + timedelta(days=31))

    @property
    def table(self) -> str:
        """The name of the month's partition."""
        return f"{TABLE}_{self.first:%Y_%m}"

    @property
    def start(self) -> datetime:
        """The moment at which the month begins."""
        return datetime(self.first.year, self.first.month, 1, tzinfo=UTC)

    @property
    def lowest_id(self) -> str:
        """The lowest UUID of version 7 that could be created in the month."""
        return str(UUID(int=round(self.start.timestamp() * 1000) << 80))


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """One existing partition; ``month`` is ``None`` for the default one. ``row_count`` is PostgreSQL's estimate."""

    month: Month | None
    row_count: int
    byte_count: int


def supports_partitions() -> bool:
    """Return whether the database supports partitions."""
    return bool(connection.vendor == "postgresql")


def is_partitioned() -> bool:
    """Return whether the table of raw events is partitioned."""
    if not supports_partitions():
        return False
    return bool(query_sql("SELECT 1 FROM pg_class WHERE oid = to_regclass(%s) AND relkind = 'p'", [TABLE]))


def find_partitions() -> list[Partition]:
    """Return the partitions by month, the default one last."""
    rows = query_sql(
        "SELECT child.relname, greatest(child.reltuples, 0), pg_total_relation_size(child.oid)"
        " FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid WHERE inhparent = to_regclass(%s)",
        [TABLE],
    )
    found = [
        Partition(month=month_of_table(name), row_count=int(rows), byte_count=size)
        for name, rows, size in rows
    ]
    return sorted(found, key=lambda each: each.month.first if each.month else date.max)


def month_of_table(table: str) -> Month | None:
    """Return the month whose partition is called ``table``."""
    parts = re.fullmatch(rf"{TABLE}_(\d{{4}})_(\d\d)", table)
    return Month(date(int(parts[1]), int(parts[2]), 1)) if parts else None


def create_ahead(*, now: datetime) -> list[Month]:
    """Create the missing partitions of this month and the next ``MONTHS_AHEAD``; return their months.

    A month with more than ``MAX_MOVED_ROWS`` rows in the default partition is left out, such as the current month just
    after the table was partitioned.
    """
    if not is_partitioned():
        return []
    existing = {each.month for each in find_partitions()}
    created, month = [], Month.of(now.astimezone(UTC).date())
    for _ in range(MONTHS_AHEAD + 1):
        if month not in existing and _waiting_count(month) <= MAX_MOVED_ROWS:
            retry_on_lock_timeout(lambda month=month: attach_month(month))  # type: ignore[misc]  # bound here, for the loop
            created.append(month)
        month = month.next
    return created


def rows_in_default_partition() -> Q:
    """Return the filter for events in the default partition: all events if there are no partitions."""
    months = [each.month for each in find_partitions() if each.month is not None] if is_partitioned() else []
    if not months:
        return Q()
    outside = Q(pk__lt=months[0].lowest_id) | Q(pk__gte=months[-1].next.lowest_id)
    for earlier, later in pairwise(months):
        if earlier.next != later:
            outside |= Q(pk__gte=earlier.next.lowest_id, pk__lt=later.lowest_id)
    return outside


def attach_month(month: Month) -> None:
    """Create the partition of ``month`` and move its rows there from the default partition."""
    # Every caller takes these two locks in this order; another order could deadlock.
    execute_sql(f'LOCK TABLE ONLY "{TABLE}" IN SHARE UPDATE EXCLUSIVE MODE')
    execute_sql(f'LOCK TABLE "{DEFAULT}" IN ACCESS EXCLUSIVE MODE')
    execute_sql(f'CREATE TABLE "{month.table}" (LIKE "{TABLE}" INCLUDING ALL)')
    execute_sql(
        f'WITH moved AS (DELETE FROM "{DEFAULT}" WHERE id >= %s AND id < %s RETURNING *)'
        f' INSERT INTO "{month.table}" SELECT * FROM moved',
        month_id_bounds(month),
    )
    attach_filled_table(month)


def attach_filled_table(month: Month) -> None:
    """Attach the table of ``month``, which already has its rows, as a partition."""
    execute_sql(
        f'ALTER TABLE "{TABLE}" ATTACH PARTITION "{month.table}" FOR VALUES FROM (%s) TO (%s)',
        month_id_bounds(month),
    )


def retry_on_lock_timeout(work: Callable[[], T]) -> T:
    """Run ``work`` in a transaction with a short lock timeout; retry it after a lock timeout or a deadlock.

    Raises ``OperationalError`` after ``LOCK_TRIES`` attempts, and at once for any other error of the database.
    """
    for left in reversed(range(LOCK_TRIES)):
        try:
            with transaction.atomic():
                execute_sql(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
                return work()
        except OperationalError as error:
            if not left or getattr(error.__cause__, "sqlstate", "") not in LOCK_STATES:
                raise
        time.sleep(LOCK_PAUSE_SECONDS)
    raise AssertionError("Unreachable.")


def execute_sql(sql: str, parameters: list[Any] | None = None) -> int:
    """Run a statement; return the number of affected rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)


def query_sql(sql: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
    """Run a query; return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def month_id_bounds(month: Month) -> list[Any]:
    """Return the half-open interval of ids that belong to ``month``: lower bound included, upper bound excluded."""
    return [month.lowest_id, month.next.lowest_id]


def _waiting_count(month: Month) -> int:
    sql = f'SELECT count(*) FROM (SELECT 1 FROM "{DEFAULT}" WHERE id >= %s AND id < %s LIMIT %s) AS of_month'
    [(count,)] = query_sql(sql, [*month_id_bounds(month), MAX_MOVED_ROWS + 1])
    return int(count)
