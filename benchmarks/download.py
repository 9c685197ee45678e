"""What creating the data download of a learner costs: ``make bench-download``.

``EVENTS`` is the number of events of the learner (default: 200,000); a second learner has a twentieth of them. The
memory of this process is sampled while each file is created: its growth must not depend on the rows.
"""

import os
import resource
import sys
import threading
import time
from pathlib import Path

from django.contrib.auth import get_user_model
from django.utils import timezone

from benchmarks import database
from tracking.models import Download
from tracking.privacy import downloads

EVENTS = int(os.environ.get("EVENTS", "200000"))
MOST_MB = 20
"""MB that the larger file may take more than the smaller one."""

SQL = """
INSERT INTO tracking_event
    (id, learner_id, course_key, unit_key, kind, source, happened_at, received_at, view_id, visit_id, sequence,
    is_detail, payload)
SELECT gen_random_uuid(), %(learner)s, 'c', 'u' || n %% 200, 'page.progress', 'browser', now() - n * interval '1 s',
    now(), gen_random_uuid(), gen_random_uuid(), 0, false,
    '{"elapsed": 90000, "active": 60000, "visible": 80000, "scroll": 90}'
FROM generate_series(1, %(events)s) AS n
"""


def grown(count: int) -> float:
    """Create the file of a learner with ``count`` events; return the largest growth of the process in MB."""
    learner = get_user_model().objects.create_user(f"learner-{count}")
    database.execute(SQL, {"learner": learner.pk, "events": count})
    downloads.request_download(learner.pk, now=timezone.now())
    peak, over = [_resident_mb()], threading.Event()
    before = peak[0]

    def watch() -> None:
        while not over.wait(0.02):
            peak[0] = max(peak[0], _resident_mb())

    watcher = threading.Thread(target=watch)
    watcher.start()
    began = time.monotonic()
    downloads.prepare_downloads(now=timezone.now())
    seconds = time.monotonic() - began
    over.set()
    watcher.join()
    size = Download.objects.get(learner=learner).byte_count / 1e6
    rise = peak[0] - before
    print(
        f"{count:>9,} events {seconds:8.1f} s {size:8.1f} MB in the file, memory grew by {rise:6.1f} MB",
        flush=True,
    )
    return rise


def main() -> int:
    database.execute("VACUUM ANALYZE tracking_event")
    grown(1000)  # Load everything first: the memory of imports is not that of a file.
    small, large = grown(EVENTS // 20), grown(EVENTS)
    print(f"download: {large - small:.1f} MB more for twenty times the events (limit {MOST_MB})")
    return int(large - small > MOST_MB)


def _resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


if __name__ == "__main__":
    sys.exit(main())
