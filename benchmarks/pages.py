"""What the pages cost on the server: ``make bench-pages``.

A class of 500 learners in 200 lessons, rolled up, with 1 million raw events and then with 5 million (``EVENTS`` sets
the larger number). The figure compares the class page with itself: its 95th percentile in milliseconds with all events
over that with a fifth of them, because a page must read rollups and never events. Queries, sizes and the other pages
are printed above it, each with its own limit.
"""

import gzip
import os
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from benchmarks import database, harness
from benchmarks.harness import Benchmark, Contestant, Outcome
from tracking import models

EVENTS = int(os.environ.get("EVENTS", "5000000"))
LEARNERS, UNITS, MODULES = 500, 200, 20
REQUESTS = 100
ALL, FIFTH = "class page, all events", "class page, a fifth of them"
NOW = datetime.now(tz=UTC)
CLASS = "/learning/classes/c/"
TARGET = 1.2

EVENTS_SQL = """
INSERT INTO tracking_event
    (id, learner_id, course_key, unit_key, kind, source, happened_at, received_at, view_id, visit_id, sequence,
    is_detail, payload)
SELECT gen_random_uuid(), u.id, 'c', 'u' || floor(random() * %(units)s)::int,
    CASE WHEN is_detail THEN 'page.details' ELSE 'page.progress' END, 'browser', at, at, gen_random_uuid(),
    NULL, 0, is_detail, '{"sections": [["why", 4000], ["how", 9000]], "turns": 1}'::jsonb
FROM (SELECT floor(random() * %(learners)s)::int AS place, now() - random() * interval '60 days' AS at,
        random() < 0.1 AS is_detail
    FROM generate_series(1, %(count)s)) AS moments
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM auth_user WHERE username LIKE 'learner-%%') AS u
    USING (place)
"""


def main() -> int:
    """Create the class, measure every page against its limits, and then the class page against itself."""
    user = get_user_model()
    teacher = user.objects.create_superuser("teacher")
    _make_class()
    with override_settings(MIDDLEWARE=MIDDLEWARE, ALLOWED_HOSTS=["testserver"]):
        _add_events(EVENTS // 5)
        browser = Client()
        browser.force_login(teacher)
        learner = Client()
        learner.force_login(user.objects.get(username="learner-1"))
        with_a_fifth = [_milliseconds(browser, CLASS) for _ in range(REQUESTS * 5)]
        _add_events(EVENTS - EVENTS // 5)
        is_within = all([
            _report("class", browser, CLASS, queries=15, milliseconds=300, kilobytes=300),
            _report("learner", learner, "/learning/me/c/", queries=10, milliseconds=80, kilobytes=300),
            _report("lesson", browser, f"{CLASS}lessons/u7/", queries=15, milliseconds=300, kilobytes=300),
            _report("module", browser, f"{CLASS}modules/m3/", queries=20, milliseconds=400, kilobytes=300),
            _report("progress", browser, f"{CLASS}progress/", queries=15, milliseconds=300, kilobytes=300),
        ])  # fmt: skip
        fifths = iter([with_a_fifth[start : start + REQUESTS] for start in range(0, REQUESTS * 5, REQUESTS)])
        benchmark = Benchmark(
            name="pages",
            unit="ms (95th percentile)",
            contestants=[
                Contestant(
                    name=ALL,
                    run=lambda: _outcome([_milliseconds(browser, CLASS) for _ in range(REQUESTS)]),
                ),
                Contestant(name=FIFTH, run=lambda: _outcome(next(fifths))),
            ],
            target=TARGET,
            peer=FIFTH,
            more_is_better=False,
        )
        status = harness.main(benchmark)
    database.close_others()
    return status if is_within else 1


MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]


def _make_class() -> None:
    models.CourseOutline.objects.create(
        course_key="c", title="A long course", starts_at=NOW - timedelta(days=60), rolled_up_at=NOW
    )
    models.OutlineUnit.objects.bulk_create(_outline())
    user = get_user_model()
    learners = user.objects.bulk_create(
        user(username=f"learner-{n}", first_name="Learner", last_name=f"Number {n}") for n in range(LEARNERS)
    )
    head: dict[str, str] = {"course_key": "c"}
    models.Enrolment.objects.bulk_create(
        models.Enrolment(learner=each, group_key=str(n % 4), group_title=f"Group {n % 4}", **head)
        for n, each in enumerate(learners)
    )
    models.Consent.objects.bulk_create(
        models.Consent(learner=each, purpose="engagement", is_granted=True, source="x") for each in learners
    )
    models.LearnerCourse.objects.bulk_create(
        models.LearnerCourse(
            learner=each, required_count=UNITS, completed_count=n % UNITS, active_ms=n * 60_000, last_at=NOW, **head
        )
        for n, each in enumerate(learners)
    )  # fmt: skip
    models.LearnerUnit.objects.bulk_create(
        (
            models.LearnerUnit(
                learner=each, unit_key=f"u{unit}", state="completed", active_ms=300_000, view_count=2,
                scroll_percent=90, **head,
            )
            for each in learners
            for unit in range(UNITS)
        ),
        batch_size=5000,
    )  # fmt: skip
    models.UnitStats.objects.bulk_create(
        models.UnitStats(
            unit_key=f"u{unit}", learner_count=LEARNERS, reached_count=400, skipped_count=20, completed_count=390,
            timed_count=400, median_active_ms=300_000, **head,
        )
        for unit in range(UNITS)
    )  # fmt: skip
    models.LearnerCourseDay.objects.bulk_create(
        models.LearnerCourseDay(
            learner=each, day=(NOW - timedelta(days=day)).date(), active_ms=60_000, last_at=NOW, **head
        )
        for each in learners
        for day in range(28)
    )
    models.Finding.objects.bulk_create(
        models.Finding(learner=each, unit_key=f"u{unit}", reason="skipped", weight=0.5, evidence={}, **head)
        for each in learners[::3]
        for unit in range(4)
    )


def _outline() -> list[models.OutlineUnit]:
    units = [
        models.OutlineUnit(
            course_key="c", unit_key=f"m{n}", kind="module", title=f"Module {n}", position=n * 100
        )
        for n in range(MODULES)
    ]
    return units + [
        models.OutlineUnit(
            course_key="c", unit_key=f"u{n}", parent_key=f"m{n % MODULES}", kind="lesson", title=f"Lesson {n}",
            position=n % MODULES * 100 + n // MODULES + 1, expected_seconds=600,
        )
        for n in range(UNITS)
    ]  # fmt: skip


def _add_events(count: int) -> None:
    database.execute(EVENTS_SQL, {"units": UNITS, "learners": LEARNERS, "count": count})
    database.execute("ANALYZE")
    # Vacuum now: otherwise autovacuum runs during the measurement.
    database.execute("VACUUM ANALYZE tracking_event")


def _milliseconds(browser: Client, path: str) -> float:
    start = time.perf_counter()
    answer = browser.get(path)
    milliseconds = (time.perf_counter() - start) * 1000
    if answer.status_code != 200:
        sys.exit(f"{path} answered {answer.status_code}.")
    return milliseconds


def _outcome(milliseconds: list[float]) -> Outcome:
    return Outcome(rows=len(milliseconds), figure=_p95(milliseconds))


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def _report(
    name: str, browser: Client, path: str, *, queries: int, milliseconds: float, kilobytes: float
) -> bool:
    browser.get(path)
    with CaptureQueriesContext(connection) as captured:
        size = len(gzip.compress(browser.get(path).content)) / 1000
        query_count = len(captured)
    p95 = _p95([_milliseconds(browser, path) for _ in range(REQUESTS)])
    print(
        f"{name:8} {query_count:3} queries (limit {queries})  p95 {p95:6.1f} ms (limit {milliseconds})  "
        f"{size:6.1f} kB gzipped (limit {kilobytes})",
        flush=True,
    )
    return query_count <= queries and p95 <= milliseconds and size <= kilobytes


if __name__ == "__main__":
    sys.exit(main())
