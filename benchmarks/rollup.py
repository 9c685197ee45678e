"""What a rebuild of every row costs beside the least that SQL could do: ``make bench-rollup``.

``EVENTS`` says how many events there are (200,000 unless given), of 2,000 learners in 200 units. The limit is a
``GROUP BY`` that writes nothing; the peers are a single hand-written upsert of learner-unit-day totals, which knows no
union of spans, no state and no class, and a loop over the ORM with one aggregate a key, reckoned up from a sample.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

from django.db.models import Count, Max, Min

from benchmarks import database, harness
from benchmarks.harness import Benchmark, Contestant, Outcome
from tracking.models import ChangeMark, CourseOutline, Event, OutlineUnit
from tracking.rollups import rebuild, work
from tracking.rollups.rebuild import Scope

EVENTS = int(os.environ.get("EVENTS", "200000"))
LEARNERS, UNITS, DAYS = 2_000, 200, 60
NOW = datetime(2026, 3, 1, tzinfo=UTC)
SAMPLE = 200
UPSERT = "one upsert, one level"
TARGET = 6.0
TABLES = (
    "view", "learnerunitday", "learnercourseday", "learnerunit", "learnercourse", "unitsummary", "courseday",
    "finding", "changemark", "learnerpattern", "coursehour", "courseweek", "flowedge", "groupday",
    "groupunitsummary", "modulesummary",
)  # fmt: skip

# Two events a view; the square makes some learners and some units far busier than others.
EVENTS_SQL = """
INSERT INTO tracking_event
    (id, learner_id, course_key, unit_key, kind, source, happened_at, received_at, view_id, visit_id, sequence, payload)
SELECT gen_random_uuid(), u.id, 'c', 'u' || floor(power(random(), 2) * %(units)s)::int, kind, 'browser',
    opened + CASE kind WHEN 'view.opened' THEN interval '0' ELSE interval '90 s' END, opened, view_id, visit_id, 0,
    CASE kind WHEN 'view.opened' THEN '{}'::jsonb ELSE %(counters)s::jsonb END
FROM (
    SELECT floor(power(random(), 2) * %(learners)s)::int AS place, gen_random_uuid() AS view_id,
        gen_random_uuid() AS visit_id, %(now)s::timestamptz - random() * %(days)s * interval '1 day' AS opened
    FROM generate_series(1, %(views)s)
) AS views
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM auth_user) AS u USING (place)
CROSS JOIN (VALUES ('view.opened'), ('view.progress')) AS kinds (kind)
"""
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
INSERT INTO tracking_enrolment (learner_id, course_key, group_key, group_title, exempt_unit_keys)
SELECT id, 'c', '', '', '[]' FROM auth_user
"""
TOTALS_SQL = """
SELECT learner_id, course_key, unit_key, (happened_at AT TIME ZONE 'UTC')::date AS day,
    sum((payload->>'active')::int) AS active, count(*) FILTER (WHERE kind = 'view.opened') AS views,
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
    _lay_out()
    benchmark = Benchmark(
        name="rollup",
        unit="s",
        contestants=[
            Contestant(name="ours, every level", run=_rebuild, prepare=_empty),
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
    return harness.main(benchmark)


def _lay_out() -> None:
    """Fill the database with learners, units and events."""
    sizes = {"units": UNITS, "learners": LEARNERS, "days": DAYS, "views": EVENTS // 2, "now": NOW}
    database.execute(LEARNERS_SQL, sizes)
    CourseOutline.objects.create(course_key="c", title="C", time_zone="UTC")
    OutlineUnit.objects.bulk_create(
        OutlineUnit(
            course_key="c", unit_key=f"u{n}", kind="lesson", title=f"U {n}", position=n, expected_seconds=300
        )
        for n in range(UNITS)
    )
    database.execute(ENROLMENTS_SQL)
    database.execute(EVENTS_SQL, {**sizes, "counters": json.dumps(COUNTERS)})
    database.execute("ANALYZE")


def _empty() -> None:
    names = ", ".join(f"tracking_{name}" for name in TABLES)
    database.execute(f"TRUNCATE {names} CASCADE")


def _rebuild() -> Outcome:
    return _timed(lambda: (sum(rebuild.mark(Scope())), work.roll_up(now=NOW)))


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
        errors=ChangeMark.objects.filter(subject="learner").count(),
        figure=time.perf_counter() - began,
    )


if __name__ == "__main__":
    sys.exit(main())
