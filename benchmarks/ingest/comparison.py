"""Measure events stored a second with login and consent checks, and the time of each request.

``EVENTS`` is the number of events that a contestant sends in a round (default: 40,000; a tenth for the slow ones). The
limit is a raw ``COPY`` of as many rows into the same table. Request times are of all rounds together.
"""

import json
import os
import sys
import time
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from django.contrib.auth import get_user_model
from django.db import connection

from benchmarks import database, harness
from benchmarks.harness import Benchmark, Contestant, Outcome
from benchmarks.ingest import load, people
from tests import messages
from tests.servers import addresses
from tracking.capture import uuid7
from tracking.definitions.percentiles import quantile
from tracking.models import Event

EVENTS = int(os.environ.get("EVENTS", "40000"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
ONLY = os.environ.get("ONLY", "")
TARGET = 20.0
SHARE_OF_COPY = 0.3
NAIVE, COPY, OURS = "each saved alone, 100", "COPY", "ours, 100 per request"

request_seconds: dict[str, list[float]] = {}
failures: list[int] = []


def main() -> int:
    """Run every contestant under its server, print the tables, and return 0 if the targets are met."""
    cookies, keys = people.enrol()
    url = os.environ[addresses.DATABASE].rpartition("/")[0] + f"/{connection.settings_dict['NAME']}"
    with load.serving("gunicorn", url) as gunicorn, load.serving("granian", url) as granian:
        over = partial(_contestant, cookies=cookies)
        contestants = [
            over(OURS, gunicorn, "/ours/", 100),
            over(NAIVE, gunicorn, "/naive/", 100, count=EVENTS // 10),
            over("ours, 20", gunicorn, "/ours/", 20),
            over("ours, 1", gunicorn, "/ours/", 1, count=EVENTS // 10),
            over("ours, 100, granian", granian, "/ours/", 100),
            over("ours, 20, granian", granian, "/ours/", 20),
            over("ours, 1, granian", granian, "/ours/", 1, count=EVENTS // 10),
            over("ours, 100, without the session cache", gunicorn, "/asking/", 100),
            # One learner for all connections, so the server reads no session.
            over("ours, 100, no login", gunicorn, f"/open/{keys[0]}/", 100),
            over("REST framework in bulk, 100", gunicorn, "/bulk/", 100),
            over("each saved alone, 1", gunicorn, "/naive/", 1, count=EVENTS // 20),
            Contestant(name=COPY, prepare=_empty, run=_copy),
        ]
        benchmark = Benchmark(
            name="ingest",
            unit="events/s",
            contestants=[
                each for each in contestants if not ONLY or each.name in {OURS, NAIVE, COPY, *ONLY.split(";")}
            ],
            peer=NAIVE,
            limit=COPY,
            target=TARGET,
            rounds=ROUNDS,
        )
        result = harness.measure(benchmark, log=lambda line: print(line, flush=True))
    database.close_others()
    _print_requests()
    share = result.figure / (result.limit or 1)
    *table, verdict = harness.lines(result)
    print(*table, f"answers of 500 and above: {sum(failures)}", sep="\n")
    print(f"of COPY: {share:.0%} (target {SHARE_OF_COPY:.0%})", verdict, sep="\n")
    return 0 if result.is_met and share >= SHARE_OF_COPY else 1


def _contestant(
    name: str, port: int, path: str, size: int, *, cookies: Sequence[str], count: int = EVENTS
) -> Contestant:
    bodies: list[bytes] = []

    def prepare() -> None:
        # Warm up, so that every thread of the server has its database connection before the measurement.
        load.send(port, path, cookies, people.bodies(4 * load.CONNECTIONS * size, size))
        _empty()
        bodies[:] = people.bodies(count, size)

    return Contestant(name=name, prepare=prepare, run=lambda: _run(name, port, path, cookies, bodies, count))


def _run(
    name: str, port: int, path: str, cookies: Sequence[str], bodies: Sequence[bytes], count: int
) -> Outcome:
    began = time.perf_counter()
    answers = load.send(port, path, cookies, bodies)
    seconds = time.perf_counter() - began
    request_seconds.setdefault(name, []).extend(answers.seconds)
    failures.append(answers.failed_count)
    stored = Event.objects.count()
    return Outcome(rows=stored, errors=answers.rejected_count + abs(count - stored), figure=stored / seconds)


def _copy() -> Outcome:
    now = datetime.now(UTC)
    learner_id = get_user_model().objects.earliest("pk").pk
    payload = json.dumps(messages.progress(now, "u", people.SPANS)["p"])
    rows = [
        (
            uuid7.make_uuid7(now),
            learner_id,
            "c",
            "u",
            "page.progress",
            "browser",
            now,
            now,
            uuid.uuid4(),
            1,
            False,
            payload,
        )
        for _ in range(EVENTS)
    ]
    columns = (
        "id, learner_id, course_key, unit_key, kind, source, happened_at, received_at, view_id, sequence,"
        " is_detail, payload"
    )
    began = time.perf_counter()
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {Event._meta.db_table} ({columns}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)
    return Outcome(rows=EVENTS, figure=EVENTS / (time.perf_counter() - began))


def _empty() -> None:
    database.execute(
        "TRUNCATE tracking_event, tracking_pendingchange, tracking_quarantinedrecord, tracking_rejectioncount CASCADE"
    )


def _print_requests() -> None:
    print(f"\n{'milliseconds per request':40}{'p50':>10}{'p99':>10}")
    for name, seconds in request_seconds.items():
        ordered = sorted(seconds)
        print(f"{name:40}{1000 * quantile(ordered, 0.5):10.1f}{1000 * quantile(ordered, 0.99):10.1f}")


if __name__ == "__main__":
    sys.exit(main())
