"""Partition the table of raw events by month while it is in use.

First, the existing table becomes the default partition of a new table with its name. That takes milliseconds, because
no row is read or written. Then, on request, each month is copied out of the default partition and attached as a
partition of its own. The short transaction that attaches it applies what has changed since the copy. An interrupted
conversion can be continued later.
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
"""An id that would date from before this year is not a UUID of version 7."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedMonth:
    """A month that was copied out of the default partition."""

    month: Month
    row_count: int
    lock_seconds: float
    """How long readers of raw events had to wait while the partition was attached."""


def obstacles() -> list[str]:
    """Return the reasons why this table cannot be partitioned; empty if there are none."""
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
    """Return the months with rows in the default partition, and the number of rows, oldest first.

    Months that the next purge would drop are left out. Before the table is partitioned, all of it counts as the
    default partition.
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
    """Return the size of the table before it is partitioned, as PostgreSQL estimates it."""
    [(rows, size)] = query_sql(
        "SELECT greatest(reltuples, 0), pg_total_relation_size(oid) FROM pg_class WHERE oid = to_regclass(%s)",
        [TABLE],
    )
    return Partition(month=None, row_count=int(rows), byte_count=size)


def convert_table() -> None:
    """Make the existing table the default partition of a new table with its name. Does nothing if it is partitioned."""
    if not partitions.is_partitioned():
        partitions.retry_on_lock_timeout(_swap_tables)


def move_month(month: Month, on_progress: Callable[[int], object] = int) -> MovedMonth:
    """Copy the rows of ``month`` out of the default partition and make them a partition.

    ``on_progress`` is called with the number of rows after each batch. Continues an interrupted copy.
    """
    if not query_sql("SELECT 1 FROM pg_class WHERE oid = to_regclass(%s)", [month.table]):
        execute_sql(f'CREATE TABLE "{month.table}" (LIKE "{TABLE}" INCLUDING ALL)')
    count = _copy(month, on_progress)
    _prepare(month)
    seconds = partitions.retry_on_lock_timeout(lambda: _attach(month))
    return MovedMonth(month=month, row_count=count, lock_seconds=seconds)


def vacuum_moved() -> None:
    """Free the space of moved rows and update the statistics of the query planner."""
    # VACUUM cannot run inside a transaction, so only the statistics are updated there.
    execute_sql(f'{"ANALYZE" if connection.in_atomic_block else "VACUUM (ANALYZE)"} "{DEFAULT}"')
    execute_sql(f'ANALYZE "{TABLE}"')


def _swap_tables() -> None:
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
    return f"{index[:55]}_default"  # PostgreSQL truncates names to 63 characters.


def _foreign_keys() -> list[tuple[str, str]]:
    rows = query_sql(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'f' AND conrelid = to_regclass(%s)",
        [TABLE],
    )
    return [(name, definition) for name, definition in rows]


def _copy(month: Month, on_progress: Callable[[int], object]) -> int:
    last, end = partitions.month_id_bounds(month)
    copied_count = 0
    there = query_sql(
        f'SELECT id, (SELECT count(*) FROM "{month.table}") FROM "{month.table}" ORDER BY id DESC LIMIT 1'
    )
    comparison = ">="
    if there:
        [(last, copied_count)] = there
        comparison = ">"
    while True:
        copied = query_sql(
            f'INSERT INTO "{month.table}" SELECT * FROM "{DEFAULT}" WHERE id {comparison} %s AND id < %s'
            " ORDER BY id LIMIT %s RETURNING id",
            [last, end, BATCH],
        )
        if not copied:
            return copied_count
        last, comparison = _greatest(copied), ">"
        copied_count += len(copied)
        on_progress(copied_count)


def _greatest(rows: list[tuple[UUID, ...]]) -> str:
    return str(max(row[0] for row in rows))


def _prepare(month: Month) -> None:
    """Check the foreign keys and the bounds of the month now, so that attaching does not check them under its lock."""
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


def _attach(month: Month) -> float:
    execute_sql(f'LOCK TABLE ONLY "{TABLE}" IN SHARE UPDATE EXCLUSIVE MODE')
    execute_sql(f'LOCK TABLE "{DEFAULT}" IN ACCESS EXCLUSIVE MODE')
    started = time.perf_counter()
    bounds = partitions.month_id_bounds(month)
    # While the month was copied, events arrived late and others were erased or purged: apply both under the lock.
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
    return time.perf_counter() - started
