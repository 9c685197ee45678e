"""Raw events in one table a month, on PostgreSQL: made ahead, and dropped behind in place of deleted row by row.

The months are those of the ids: the first 48 bits of a UUID of version 7 are milliseconds, and PostgreSQL compares
UUIDs byte by byte. So the key by which rows are put into months is the primary key itself, which stays unique over all
of them, whatever time an event claims. Ids that are of no month (other versions, wrong clocks, months long dropped) are
kept in a default partition, which is emptied row by row.
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
"""Months that have a partition before they begin: for so long the job that makes them may fail."""
MAX_MOVED_ROWS = 10_000
"""Rows that are moved out of the default partition while others wait; more are left to ``tracking_partition``."""

LOCK_TIMEOUT = "400ms"
"""How long pages may have to queue behind us for a lock of others; less than PostgreSQL's ``deadlock_timeout``."""
LOCK_TRIES = 20
LOCK_PAUSE_SECONDS = 0.5
LOCK_STATES = frozenset({"55P03", "40P01"})
"""SQLSTATE of a lock that could not be had in time, and of a deadlock."""

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
        """The month after it."""
        return Month.of(self.first + timedelta(days=31))

    @property
    def table(self) -> str:
        """The name of its partition."""
        return f"{TABLE}_{self.first:%Y_%m}"

    @property
    def start(self) -> datetime:
        """The moment it begins."""
        return datetime(self.first.year, self.first.month, 1, tzinfo=UTC)

    @property
    def lowest_id(self) -> str:
        """The lowest id of version 7 that could be made in it."""
        return str(UUID(int=round(self.start.timestamp() * 1000) << 80))


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """One partition as it is; ``month`` is empty for the default one. ``row_count`` is PostgreSQL's estimate."""

    month: Month | None
    row_count: int
    byte_count: int


def supports_partitions() -> bool:
    """Return whether the database can do it."""
    return bool(connection.vendor == "postgresql")


def is_partitioned() -> bool:
    """Return whether the raw events are in partitions."""
    if not supports_partitions():
        return False
    return bool(query_sql("SELECT 1 FROM pg_class WHERE oid = to_regclass(%s) AND relkind = 'p'", [TABLE]))


def find_partitions() -> list[Partition]:
    """Return the partitions, the default one last."""
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
    """Make the partitions of this month and the ``MONTHS_AHEAD`` next that are missing; return them.

    One that would have to take in very many rows is left out, as this month is just after a table was partitioned.
    """
    if not is_partitioned():
        return []
    there = {each.month for each in find_partitions()}
    made, month = [], Month.of(now.astimezone(UTC).date())
    for _ in range(MONTHS_AHEAD + 1):
        if month not in there and _waiting_count(month) <= MAX_MOVED_ROWS:
            retry_on_lock_timeout(lambda month=month: attach_month(month))  # type: ignore[misc]  # bound here, for the loop
            made.append(month)
        month = month.next
    return made


def rows_in_default_partition() -> Q:
    """Return what holds of the events in the default partition; of all where there are no partitions."""
    months = [each.month for each in find_partitions() if each.month is not None] if is_partitioned() else []
    if not months:
        return Q()
    outside = Q(pk__lt=months[0].lowest_id) | Q(pk__gte=months[-1].next.lowest_id)
    for before, after in pairwise(months):
        if before.next != after:
            outside |= Q(pk__gte=before.next.lowest_id, pk__lt=after.lowest_id)
    return outside


def attach_month(month: Month) -> None:
    """Make the partition of ``month``, and move to it what the default partition has of it."""
    # In the order in which everybody locks them.
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
    """Make the table of ``month``, which has its rows, a partition."""
    execute_sql(
        f'ALTER TABLE "{TABLE}" ATTACH PARTITION "{month.table}" FOR VALUES FROM (%s) TO (%s)',
        month_id_bounds(month),
    )


def retry_on_lock_timeout(work: Callable[[], T]) -> T:
    """Do ``work`` in a transaction that waits for no lock for long; try again where it does not get one."""
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
    """Run a statement; return how many rows it was about."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)


def query_sql(sql: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
    """Run a statement; return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def month_id_bounds(month: Month) -> list[Any]:
    """Return the ids between which those of ``month`` are, the second not included."""
    return [month.lowest_id, month.next.lowest_id]


def _waiting_count(month: Month) -> int:
    sql = f'SELECT count(*) FROM (SELECT 1 FROM "{DEFAULT}" WHERE id >= %s AND id < %s LIMIT %s) AS of_month'
    [(count,)] = query_sql(sql, [*month_id_bounds(month), MAX_MOVED_ROWS + 1])
    return int(count)
