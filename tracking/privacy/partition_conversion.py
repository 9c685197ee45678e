"""Putting the table of raw events into months while it is in use.

First the table as it is becomes the default partition of a new one with its name: a matter of milliseconds, for nothing
is read or written. Then, if wished, the months that it holds are copied out of it, one at a time, and each takes its
place as a partition in a short transaction that makes up for what has changed since. What is cut short goes on later.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection

from tracking.events import Purpose
from tracking.privacy import partitions, retention
from tracking.privacy.partitions import DEFAULT, TABLE, Month, Partition, execute_sql, query_sql

BATCH = 20_000
"""Rows copied in one statement."""
FIRST_YEAR = 2010
"""Ids of version 7 that claim to be older are no ids of version 7."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedMonth:
    """A month that was copied out of the default partition."""

    month: Month
    row_count: int
    lock_seconds: float
    """How long readers of raw events had to wait for it to take its place."""


def obstacles() -> list[str]:
    """Return what forbids to partition the table here; empty where nothing does."""
    if not partitions.supports_partitions():
        return [f"Only PostgreSQL has partitions; this database is {connection.display_name}."]
    found = []
    references = query_sql(
        "SELECT conrelid::regclass::text FROM pg_constraint WHERE contype = 'f' AND confrelid = to_regclass(%s)"
        " AND conparentid = 0 AND conrelid <> to_regclass(%s)",
        [TABLE, TABLE],
    )
    found += [f"{name} has a foreign key to {TABLE}." for (name,) in references]
    views = query_sql(
        "SELECT DISTINCT rewriting.ev_class::regclass::text FROM pg_depend JOIN pg_rewrite AS rewriting"
        " ON rewriting.oid = pg_depend.objid WHERE refobjid = to_regclass(%s)"
        " AND classid = 'pg_rewrite'::regclass",
        [TABLE],
    )
    found += [f"The view {name} reads {TABLE} and would keep reading the old table." for (name,) in views]
    return found


def default_months(*, now: datetime) -> list[tuple[Month, int]]:
    """Return the months, not over for so long that they go anyway, of which the default partition holds rows.

    Each with how many, oldest first. Before the table is partitioned it is its own default partition.
    """
    table = DEFAULT if partitions.is_partitioned() else TABLE
    first = Month(datetime(FIRST_YEAR, 1, 1, tzinfo=UTC).date())
    last = Month.of(now.astimezone(UTC).date()).next
    rows = query_sql(
        "SELECT date_trunc('month', to_timestamp(('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint"
        f" / 1000.0) AT TIME ZONE 'UTC')::date AS month, count(*) FROM \"{table}\""
        " WHERE id >= %s AND id < %s GROUP BY 1 ORDER BY 1",
        [first.lowest_id, last.lowest_id],
    )
    end = retention.retention_cutoffs(now).ends[Purpose.ENGAGEMENT]
    months = [(Month(day), count) for day, count in rows]
    return [(month, count) for month, count in months if end is None or month.next.start > end]


def row_estimate() -> Partition:
    """Return the size of the table that is not partitioned, by PostgreSQL's own estimate."""
    [(rows, size)] = query_sql(
        "SELECT greatest(reltuples, 0), pg_total_relation_size(oid) FROM pg_class WHERE oid = to_regclass(%s)",
        [TABLE],
    )
    return Partition(month=None, row_count=int(rows), byte_count=size)


def convert_table() -> None:
    """Make the table as it is the default partition of a new table with its name. Done before, it does nothing."""
    if not partitions.is_partitioned():
        partitions.retry_on_lock_timeout(_swap)


def move_month(month: Month, told: Callable[[int], object] = int) -> MovedMonth:
    """Copy the rows of ``month`` out of the default partition and make them a partition.

    ``told`` is called with the number of rows after each batch. Where it was cut short before, it goes on.
    """
    if not query_sql("SELECT 1 FROM pg_class WHERE oid = to_regclass(%s)", [month.table]):
        execute_sql(f'CREATE TABLE "{month.table}" (LIKE "{TABLE}" INCLUDING ALL)')
    count = _copy(month, told)
    _prepare(month)
    seconds = partitions.retry_on_lock_timeout(lambda: _take_place(month))
    return MovedMonth(month=month, row_count=count, lock_seconds=seconds)


def vacuum_moved() -> None:
    """Give back the room of what was moved, and tell the planner."""
    # PostgreSQL gives nothing back inside a transaction.
    execute_sql(f'{"ANALYZE" if connection.in_atomic_block else "VACUUM (ANALYZE)"} "{DEFAULT}"')
    execute_sql(f'ANALYZE "{TABLE}"')


def _swap() -> None:
    execute_sql(f'LOCK TABLE "{TABLE}" IN ACCESS EXCLUSIVE MODE')
    indexes = query_sql(
        "SELECT indexrelid::regclass::text, relname, pg_get_indexdef(indexrelid), indisprimary FROM pg_index"
        " JOIN pg_class ON pg_class.oid = indexrelid WHERE indrelid = to_regclass(%s)",
        [TABLE],
    )
    keys = _foreign_keys()
    for quoted, name, _, _ in indexes:
        execute_sql(f'ALTER INDEX {quoted} RENAME TO "{_default_name(name)}"')
    execute_sql(f'ALTER TABLE "{TABLE}" RENAME TO "{DEFAULT}"')
    execute_sql(
        f'CREATE TABLE "{TABLE}" (LIKE "{DEFAULT}" INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING COMMENTS)'
        " PARTITION BY RANGE (id)"
    )
    for _, name, definition, is_primary in indexes:
        execute_sql(
            f'ALTER TABLE "{TABLE}" ADD CONSTRAINT "{name}" PRIMARY KEY (id)' if is_primary else definition
        )
    for name, definition in keys:
        execute_sql(f'ALTER TABLE "{TABLE}" ADD CONSTRAINT "{name}" {definition}')
    execute_sql(f'ALTER TABLE "{TABLE}" ATTACH PARTITION "{DEFAULT}" DEFAULT')


def _default_name(index: str) -> str:
    return f"{index[:55]}_default"  # A name has 63 characters at the most.


def _foreign_keys() -> list[tuple[str, str]]:
    rows = query_sql(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'f' AND conrelid = to_regclass(%s)",
        [TABLE],
    )
    return [(name, definition) for name, definition in rows]


def _copy(month: Month, told: Callable[[int], object]) -> int:
    last, end = partitions.month_id_bounds(month)
    done = 0
    there = query_sql(
        f'SELECT id, (SELECT count(*) FROM "{month.table}") FROM "{month.table}" ORDER BY id DESC LIMIT 1'
    )
    comparison = ">="
    if there:
        [(last, done)] = there
        comparison = ">"
    while True:
        copied = query_sql(
            f'INSERT INTO "{month.table}" SELECT * FROM "{DEFAULT}" WHERE id {comparison} %s AND id < %s'
            " ORDER BY id LIMIT %s RETURNING id",
            [last, end, BATCH],
        )
        if not copied:
            return done
        last, comparison = _greatest(copied), ">"
        done += len(copied)
        told(done)


def _greatest(rows: list[tuple[UUID, ...]]) -> str:
    return str(max(row[0] for row in rows))


def _prepare(month: Month) -> None:
    """Do what would otherwise be done while everybody waits: check the foreign keys and the bounds of the month."""
    known = {
        name
        for (name,) in query_sql(
            "SELECT conname FROM pg_constraint WHERE conrelid = to_regclass(%s)", [month.table]
        )
    }
    for name, definition in _foreign_keys():
        if name not in known:
            execute_sql(f'ALTER TABLE "{month.table}" ADD CONSTRAINT "{name}" {definition} NOT VALID')
        execute_sql(f'ALTER TABLE "{month.table}" VALIDATE CONSTRAINT "{name}"')
    if "of_month" not in known:
        execute_sql(
            f'ALTER TABLE "{month.table}" ADD CONSTRAINT of_month CHECK (id >= %s AND id < %s)',
            partitions.month_id_bounds(month),
        )
    execute_sql(f'ANALYZE "{month.table}"')


def _take_place(month: Month) -> float:
    execute_sql(f'LOCK TABLE ONLY "{TABLE}" IN SHARE UPDATE EXCLUSIVE MODE')
    execute_sql(f'LOCK TABLE "{DEFAULT}" IN ACCESS EXCLUSIVE MODE')
    began = time.perf_counter()
    bounds = partitions.month_id_bounds(month)
    # What came late, and what was erased or purged, while the month was copied.
    execute_sql(
        f'INSERT INTO "{month.table}" SELECT old.* FROM "{DEFAULT}" AS old WHERE old.id >= %s AND old.id < %s'
        f' AND NOT EXISTS (SELECT 1 FROM "{month.table}" AS new WHERE new.id = old.id)',
        bounds,
    )
    execute_sql(
        f'DELETE FROM "{month.table}" AS new'
        f' WHERE NOT EXISTS (SELECT 1 FROM "{DEFAULT}" AS old WHERE old.id = new.id)'
    )
    execute_sql(f'DELETE FROM "{DEFAULT}" WHERE id >= %s AND id < %s', bounds)
    partitions.attach_filled_table(month)
    execute_sql(f'ALTER TABLE "{month.table}" DROP CONSTRAINT of_month')
    return time.perf_counter() - began
