"""What exporting raw events costs, compared with PostgreSQL's own ``COPY TO``: ``make bench-export``.

``EVENTS`` is the number of events (default: 5,000,000). Each format is written to nowhere. The memory of this process
is sampled meanwhile: its growth must not depend on the rows.
"""

import importlib
import os
import resource
import sys
from collections.abc import Iterable
from pathlib import Path

from django.db import connection

from benchmarks import database, harness
from benchmarks.harness import Benchmark, Contestant, Outcome
from tracking.exports import table_writers
from tracking.exports.export_tables import ExportQuery

EVENTS = int(os.environ.get("EVENTS", "5000000"))
ROUNDS = int(os.environ.get("ROUNDS", "1"))
COPY = "COPY TO STDOUT, CSV"
TARGET = 0.5
"""Half the rate of the server alone: ordering by key, formatting times and escaping formulas cost the rest."""
MOST_MB = 150
"""MB above what the process needs anyway. Five million rows in one list would take about 5 GB."""

# Keys in order of time, as the tracker creates them.
EVENTS_SQL = """
INSERT INTO tracking_event
    (id, learner_id, course_key, unit_key, kind, source, happened_at, received_at, view_id, visit_id, sequence,
    is_detail, payload)
SELECT (lpad(to_hex(1700000000000 + n), 12, '0') || '7' || substr(md5(n::text), 1, 3) || '8'
        || substr(md5(n::text), 4, 15))::uuid,
    (SELECT min(id) FROM auth_user), 'c', 'u' || n %% 200, 'page.progress', 'browser', now() - n * interval '1 s',
    now(), gen_random_uuid(), gen_random_uuid(), 0, false,
    '{"elapsed": 90000, "active": 60000, "visible": 80000, "scroll": 90}'
FROM generate_series(1, %(events)s) AS n
"""
USER_SQL = """
INSERT INTO auth_user
    (username, first_name, last_name, email, password, is_staff, is_superuser, is_active, date_joined)
VALUES ('learner', '', '', '', '', false, false, true, now())
"""


def ours(form: str) -> Outcome:
    return _taken(form, table_writers.write_table(ExportQuery(table="events"), form))


def copy() -> Outcome:
    connection.ensure_connection()
    with connection.cursor() as cursor, cursor.copy("COPY tracking_event TO STDOUT (FORMAT csv)") as parts:
        return _taken(COPY, parts)


def _taken(name: str, parts: Iterable[bytes]) -> Outcome:
    before = _resident_mb()
    peak = size = 0.0
    for number, part in enumerate(parts):
        size += len(part)
        if number % 1000 == 0 or len(part) > 100_000:
            peak = max(peak, _resident_mb() - before)
    print(f"  {name}: {size / 1e6:,.0f} MB written, memory grew by up to {peak:,.0f} MB", flush=True)
    return Outcome(rows=EVENTS, errors=int(peak > MOST_MB))


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def main() -> int:
    for name in (
        "pyarrow.parquet",
        "pyarrow.csv",
    ):  # Load everything first: the memory of imports is not that of an export.
        importlib.import_module(name)
    database.execute(USER_SQL)
    database.execute(EVENTS_SQL, {"events": EVENTS})
    database.execute("VACUUM ANALYZE tracking_event")
    return harness.main(
        Benchmark(
            name="export",
            unit="rows/s",
            contestants=[
                Contestant(name="csv", run=lambda: ours("csv")),
                Contestant(name="json lines", run=lambda: ours("jsonl")),
                Contestant(name="parquet", run=lambda: ours("parquet")),
                Contestant(name=COPY, run=copy),
            ],
            target=TARGET,
            peer=COPY,
            limit=COPY,
            rounds=ROUNDS,
        )
    )


if __name__ == "__main__":
    sys.exit(main())
