"""How long after a withdrawal another process still stores what is sent to it: ``make bench-withdrawal``.

A learner streams to gunicorn and withdraws at granian, over a Redis, over the cache in the database, and where each has
a cache of its own. ``ROUNDS`` says how often (3 unless given). Starts servers of its own.
"""

import os
import statistics
import sys

from tests.withdrawal import run

ROUNDS = int(os.environ.get("ROUNDS", "3"))


def main() -> int:
    is_stale = False
    print(f"{'cache':14}{'seconds':>10}{'at most':>10}{'bound':>8}{'batches after':>16}")
    for cache in run.CACHES:
        rounds = [run.measure(cache) for _ in range(ROUNDS)]
        seconds = [each.seconds for each in rounds]
        bound = run.BOUND_SECONDS[cache]
        after = max(each.stored_after for each in rounds)
        print(
            f"{cache:14}{statistics.median(seconds):10.2f}{max(seconds):10.2f}{bound:8.0f}{after:16,}",
            flush=True,
        )
        is_stale |= max(seconds) > bound
    return int(is_stale)


if __name__ == "__main__":
    sys.exit(main())
