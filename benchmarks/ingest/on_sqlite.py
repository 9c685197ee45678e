"""Let eight writers send to SQLite at full speed: no request may fail because the database is locked.

``SECONDS`` is the duration (default: 60).
"""

import os
import sys
import time

from django.db import connection

import benchmarks.database  # noqa: F401  Sets up Django and the tables.
from benchmarks.ingest import load, people
from tracking.definitions.percentiles import quantile
from tracking.models import Event

SECONDS = float(os.environ.get("SECONDS", "60"))
SIZE = 20
REQUESTS = 160
"""Requests prepared at a time, so that the clients do not wait for them."""


def main() -> int:
    """Send, print the result, and return 0 if every request was answered and every event is stored."""
    cookies, _ = people.enrol()
    with load.serving("gunicorn", f"sqlite:///{connection.settings_dict['NAME']}") as port:
        seconds: list[float] = []
        refused = sent = 0
        spent = 0.0
        before = os.getloadavg()[0]
        while spent < SECONDS:
            bodies = people.bodies(REQUESTS * SIZE, SIZE)
            began = time.perf_counter()
            answers = load.send(port, "/ours/", cookies, bodies)
            spent += time.perf_counter() - began
            seconds += answers.seconds
            refused += answers.rejected_count
            sent += len(bodies) * SIZE
    stored = Event.objects.count()
    ordered = sorted(seconds)
    p50, p99 = (1000 * quantile(ordered, share) for share in (0.5, 0.99))
    after = os.getloadavg()[0]
    print(
        f"SQLite, {load.CONNECTIONS} writers, {SIZE} events a request (load {before:.2f} before, {after:.2f} after):"
    )
    print(f"{stored / spent:,.0f} events/s, p50 {p50:.1f} ms, p99 {p99:.1f} ms a request")
    print(f"{sent:,} sent in {spent:.0f} s, {stored:,} stored, {refused} requests refused\n", flush=True)
    return 0 if refused == 0 and stored == sent else 1


if __name__ == "__main__":
    sys.exit(main())
