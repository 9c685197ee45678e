"""What rollups cost, compared with the minimum that SQL can do: ``make bench-rollup``.

``EVENTS`` is the number of events (default: 200,000) of 2,000 learners in 200 units: a million for each 60 days, so
that more events mean a longer history and not busier learners. The limit is a ``GROUP BY`` that writes nothing. The
peers are one hand-written upsert of learner-unit-day totals, without union of spans, states and class figures, and an
ORM loop with one aggregate for each key, extrapolated from a sample. Findings are not part of it.

Below that table: rolling up new events on top (``NEW``), a rebuild by one worker and by two with their memory, and for
``SECONDS`` of load at each of ``RATES`` the delay from storing an event to the class page, and whether storing waits.
"""

import json
import multiprocessing
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import connections
from django.db.models import Count, Max, Min, Sum

from benchmarks import database, harness
from benchmarks.harness import Benchmark, Contestant, Outcome
from tracking.models import CourseDay, CourseOutline, Event, OutlineUnit, PendingChange
from tracking.rollups.engine import fingerprint, pipeline, rebuild
from tracking.rollups.engine.rebuild import RebuildScope

EVENTS = int(os.environ.get("EVENTS", "200000"))
LEARNERS, UNITS = 2_000, 200
DAYS = max(60 * EVENTS // 1_000_000, 6)
NEW = [int(count) for count in os.environ.get("NEW", "1000,10000,100000").split(",") if count]
SECONDS = int(os.environ.get("SECONDS", "30"))
NOW = datetime(2026, 3, 1, 22, tzinfo=UTC)
SAMPLE = 200
RATES = [int(rate) for rate in os.environ.get("RATES", "133,1000").split(",") if rate]
"""Events a second: of all learners at once with a report every 15 seconds, and seven times as many."""
BATCHES = 10
"""Batches a second."""
UPSERT = "one upsert, one level"
TARGET = 6.0
TABLES = (
    "pageview", "learnerunitday", "learnercourseday", "learnerunit", "learnercourse", "unitstats", "courseday",
    "finding", "pendingchange", "learnerpattern", "coursehour", "courseweek", "unittransition", "groupday",
    "groupunitstats", "modulestats",
)  # fmt: skip

# Two events for each page view. Squaring makes some learners and units far busier than others.
EVENTS_SQL = """
INSERT INTO tracking_event
    (id, learner_id, course_key, unit_key, kind, source, happened_at, received_at, view_id, visit_id, sequence,
    is_detail, payload)
SELECT gen_random_uuid(), u.id, 'c', 'u' || floor(power(random(), 2) * %(units)s)::int, kind, 'browser',
    opened + CASE kind WHEN 'page.opened' THEN interval '0' ELSE interval '90 s' END, opened, view_id, visit_id, 0,
    false, CASE kind WHEN 'page.opened' THEN '{}'::jsonb ELSE %(counters)s::jsonb END
FROM (
    SELECT floor(power(random(), 2) * %(learners)s)::int AS place, gen_random_uuid() AS view_id,
        gen_random_uuid() AS visit_id,
        %(now)s::timestamptz - interval '3 min' - random() * %(days)s * interval '1 day' AS opened
    FROM generate_series(1, %(views)s)
) AS views
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM auth_user) AS u USING (place)
CROSS JOIN (VALUES ('page.opened'), ('page.progress')) AS kinds (kind)
"""
# Ingesting also stores one pending change for each learner and day.
NEW_SQL = f"""
WITH fresh AS ({EVENTS_SQL} RETURNING learner_id, (happened_at AT TIME ZONE 'UTC')::date AS day)
INSERT INTO tracking_pendingchange (stage, course_key, learner_id, day, created_at, failed_count, error)
SELECT DISTINCT 'learner', 'c', learner_id, day, now(), 0, '' FROM fresh
"""  # noqa: S608  The inserted part is above.
COUNTERS = {
    "elapsed": 90_000, "active": 60_000, "visible": 80_000, "media": 0, "scroll": 90,
    "spans": [[0, 40_000], [50_000, 70_000]],
}  # fmt: skip
LEARNERS_SQL = """
INSERT INTO auth_user
    (username, first_name, last_name, email, password, is_staff, is_superuser, is_active, date_joined)
SELECT 'learner-' || n, '', '', '', '', false, false, true, now() FROM generate_series(1, %(learners)s) AS n
"""
ENROLMENTS_SQL = """
INSERT INTO tracking_enrolment (learner_id, course_key, group_key, group_title, excused_unit_keys)
SELECT id, 'c', '', '', '[]' FROM auth_user
"""
TOTALS_SQL = """
SELECT learner_id, course_key, unit_key, (happened_at AT TIME ZONE 'UTC')::date AS day,
    sum((payload->>'active')::int) AS active, count(*) FILTER (WHERE kind = 'page.opened') AS views,
    min(happened_at) AS first, max(happened_at) AS last
FROM tracking_event GROUP BY 1, 2, 3, 4
"""
UPSERT_SQL = f"""
INSERT INTO tracking_learnerunitday
    (learner_id, course_key, unit_key, day, active_ms, view_count, first_at, last_at,
     visible_ms, media_ms, estimated_ms, access_count, scroll_percent, is_completed)
SELECT learner_id, course_key, unit_key, day, coalesce(active, 0), views, first, last, 0, 0, 0, 0, 0, false
FROM ({TOTALS_SQL}) AS totals
ON CONFLICT (learner_id, course_key, day, unit_key) DO UPDATE SET active_ms = excluded.active_ms
"""  # noqa: S608  Both parts are above.


def main() -> int:
    _create_rows()
    benchmark = Benchmark(
        name="rollup",
        unit="s",
        contestants=[
            Contestant(name="ours, every rollup", run=_rebuild, prepare=_empty),
            Contestant(name="GROUP BY, no write", run=_group_by),
            Contestant(name=UPSERT, run=_upsert, prepare=_empty),
            Contestant(name=f"ORM loop, {SAMPLE} keys", run=_loop),
        ],
        target=TARGET,
        peer=UPSERT,
        limit="GROUP BY, no write",
        rounds=int(os.environ.get("ROUNDS", "3")),
        more_is_better=False,
    )
    result = harness.measure(benchmark, log=_print)
    _empty()
    alone = _by_workers(1)
    for count in NEW:
        _print(f"{count:,} new events on top of {EVENTS:,}: {_increment(count):.2f} s")
    _empty()
    _print(f"two workers are {alone / _by_workers(2):.2f} times as fast as one (target 1.6)")
    for rate in RATES if SECONDS else ():
        _load(rate)
    database.close_others()
    print(*harness.lines(result), sep="\n")
    return 0 if result.is_met else 1


def _print(line: str) -> None:
    print(line, flush=True)


def _create_rows() -> None:
    """Fill the database with learners, units and events."""
    database.execute(LEARNERS_SQL, {"learners": LEARNERS})
    CourseOutline.objects.create(
        course_key="c",
        title="C",
        time_zone="UTC",
        starts_at=NOW - timedelta(days=DAYS),
        settings_fingerprint=fingerprint.settings_fingerprint(),
    )
    OutlineUnit.objects.bulk_create(
        OutlineUnit(
            course_key="c", unit_key=f"u{n}", kind="lesson", title=f"U {n}", position=n, expected_seconds=300
        )
        for n in range(UNITS)
    )
    database.execute(ENROLMENTS_SQL)
    _insert_events(EVENTS, days=DAYS)
    database.execute("ANALYZE")


def _insert_events(count: int, *, days: float, statement: str = EVENTS_SQL) -> None:
    """Insert ``count`` events within the last ``days``."""
    sizes = {"units": UNITS, "learners": LEARNERS, "days": days, "views": count // 2, "now": NOW}
    database.execute(statement, {**sizes, "counters": json.dumps(COUNTERS)})


def _increment(count: int) -> float:
    _insert_events(count, days=0.5, statement=NEW_SQL)
    return _timed(lambda: pipeline.process_changes(now=NOW)).figure or 0


def _by_workers(count: int) -> float:
    """Rebuild with ``count`` processes; print the memory of the largest and return the seconds."""
    sum(rebuild.mark_for_rebuild(RebuildScope()))
    began = time.perf_counter()
    peaks = _run_workers(count)
    seconds = time.perf_counter() - began
    left = PendingChange.objects.filter(stage="learner").count()
    _print(f"rebuild by {count}: {seconds:.1f} s, {max(peaks):.0f} MB at most, {left} changes left")
    return seconds


def _run_workers(count: int) -> list[float]:
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    queue = fork.SimpleQueue()
    workers = [fork.Process(target=_work, args=(queue,)) for _ in range(count)]
    for worker in workers:
        worker.start()
    peaks = [queue.get() for _ in workers]
    for worker in workers:
        worker.join()
    return peaks


def _work(queue: "multiprocessing.SimpleQueue[float]") -> None:
    pipeline.process_changes(now=NOW)
    queue.put(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    connections.close_all()
    os._exit(0)


def _load(rate: int) -> None:
    """Store ``rate`` events a second, in batches, while a worker runs, and watch the class page."""
    idle = [_store_batch(rate) for _ in range(50)]
    pipeline.process_changes(now=NOW)
    connections.close_all()
    worker = multiprocessing.get_context("fork").Process(target=_keep_working)
    worker.start()
    stored, seen = _views(), _views()
    waiting: list[tuple[int, float]] = []
    busy: list[float] = []
    delays: list[float] = []
    until = time.monotonic() + SECONDS
    while time.monotonic() < until or (waiting and time.monotonic() < until + 60):
        if time.monotonic() < until:
            busy.append(_store_batch(rate))
            stored += rate // BATCHES // 2
            waiting.append((stored, time.monotonic()))
        seen = _views()
        delays += [time.monotonic() - at for count, at in waiting if count <= seen]
        waiting = [(count, at) for count, at in waiting if count > seen]
        time.sleep(1 / BATCHES)
    worker.terminate()
    worker.join()
    _print(
        f"{rate:,} events a second, from stored to the class page: p95 {_p95(delays):.1f} s (target 10), "
        f"{len(waiting)} never seen"
    )
    _print(
        f"storing a batch: p95 {_p95(idle) * 1000:.0f} ms alone, {_p95(busy) * 1000:.0f} ms during a rollup"
    )


def _keep_working() -> None:
    while True:
        pipeline.process_changes(now=NOW)
        time.sleep(1)


def _store_batch(rate: int) -> float:
    began = time.perf_counter()
    _insert_events(rate // BATCHES, days=0.02, statement=NEW_SQL)
    return time.perf_counter() - began


def _views() -> int:
    return CourseDay.objects.aggregate(views=Sum("view_count"))["views"] or 0


def _p95(figures: list[float]) -> float:
    return statistics.quantiles(figures, n=20)[-1] if len(figures) > 1 else float("nan")


def _empty() -> None:
    names = ", ".join(f"tracking_{name}" for name in TABLES)
    database.execute(f"TRUNCATE {names} CASCADE")


def _rebuild() -> Outcome:
    return _timed(lambda: (sum(rebuild.mark_for_rebuild(RebuildScope())), pipeline.process_changes(now=NOW)))


def _group_by() -> Outcome:
    return _timed(lambda: database.execute(f"SELECT count(*) FROM ({TOTALS_SQL}) AS totals"))  # noqa: S608


def _upsert() -> Outcome:
    return _timed(lambda: database.execute(UPSERT_SQL))


def _loop() -> Outcome:
    keys = list(Event.objects.values("learner_id", "unit_key", "happened_at__date").distinct()[:SAMPLE])

    def loop() -> None:
        for key in keys:
            Event.objects.filter(**key).aggregate(Count("pk"), Min("happened_at"), Max("happened_at"))

    outcome = _timed(loop)
    every = Event.objects.values("learner_id", "unit_key", "happened_at__date").distinct().count()
    return Outcome(rows=SAMPLE, errors=0, figure=(outcome.figure or 0) * every / SAMPLE)


def _timed(work: Callable[[], object]) -> Outcome:
    began = time.perf_counter()
    work()
    return Outcome(
        rows=EVENTS,
        errors=PendingChange.objects.filter(stage="learner").count(),
        figure=time.perf_counter() - began,
    )


if __name__ == "__main__":
    sys.exit(main())
