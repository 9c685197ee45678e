"""What backfilling a host's history costs, and whether its memory grows with the rows: ``make bench-backfill``.

A separate process reads ``ROWS`` attempts of the reference platform (default: 1,000,000) by 1,000 learners: first a
tenth of them, then all. Prints rows per second and peak memory.
"""

import os
import resource
import struct
import sys
import time
from datetime import date
from pathlib import Path

from django.contrib.auth import get_user_model
from django.db import connection, connections

from benchmarks import database
from courses import content_files, loading
from courses.models import Quiz
from tracking.management import backfill_models
from tracking.models import Attempt, ImportRun, PendingChange

ROWS = int(os.environ.get("ROWS", "1000000"))
LEARNERS = 1000
BATCH = 1000
TARGET = 1.1
TINY = Path(__file__).parents[1] / "tests/courses/content/tiny"
INSERT = """
INSERT INTO courses_attempt (quiz_id, learner_id, number, started_at, submitted_at, score, max_score, passed)
SELECT %(quiz)s, %(first)s + n %% %(learners)s, 1 + n / %(learners)s, moment, moment + interval '5 minutes',
       n %% 7, 6, n %% 7 > 3
FROM generate_series(%(start)s, %(end)s - 1) AS n,
     LATERAL (SELECT timestamptz '2025-01-01' + n * interval '31 seconds' AS moment) AS at
"""


def main() -> int:
    """Measure, print the table, and return 0 if memory does not grow with the rows."""
    quiz, first = _host()
    peaks: list[float] = []
    print(f"{'rows':>12}{'rows/s':>12}{'peak MB':>12}{'stored':>12}")
    start = 0
    for end in (ROWS // 10, ROWS):
        database.execute(
            INSERT, {"quiz": quiz, "first": first, "learners": LEARNERS, "start": start, "end": end}
        )
        start = end
        for model in (Attempt, ImportRun, PendingChange):
            database.execute(f"TRUNCATE {model._meta.db_table} CASCADE")
        seconds, peak = _in_a_child()
        peaks.append(peak)
        print(f"{end:12,}{end / seconds:12,.0f}{peak:12.1f}{Attempt.objects.count():12,}", flush=True)
    ratio = peaks[1] / peaks[0]
    print(f"\nbackfill: {ratio:.3f} x a tenth (target {TARGET}, limit 1)")
    return 0 if ratio <= TARGET and Attempt.objects.count() == ROWS else 1


def _host() -> tuple[int, int]:
    """Create the tiny course and its learners; return the primary keys of a quiz and of the first learner."""
    course = loading.load(content_files.read(TINY), starts_on=date(2025, 1, 6)).course
    users = get_user_model().objects
    users.bulk_create(get_user_model()(username=f"learner-{number}") for number in range(LEARNERS))
    return Quiz.objects.filter(module__course=course).earliest("pk").pk, users.earliest("pk").pk


def _in_a_child() -> tuple[float, float]:
    """Read every row in a new process; return its seconds and its peak memory in MB."""
    connections.close_all()
    reading, writing = os.pipe()
    if not os.fork():
        began = time.perf_counter()
        (source,) = (each for each in backfill_models.mapped_models() if each.label == "courses.Attempt")
        backfill_models.backfill_model(source, since=None, batch_size=BATCH, report_progress=lambda *_: None)
        seconds = time.perf_counter() - began
        os.write(
            writing, struct.pack("dd", seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        )
        connection.close()
        os._exit(0)
    os.close(writing)
    message = os.read(reading, 16)
    os.close(reading)
    os.wait()
    if len(message) < 16:
        sys.exit("The process that reads has died. Its error is above.")
    seconds, peak = struct.unpack("dd", message)
    return seconds, peak


if __name__ == "__main__":
    sys.exit(main())
