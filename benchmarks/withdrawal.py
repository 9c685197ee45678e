"""How long another process stores events after a withdrawal of consent: ``make bench-withdrawal``.

A learner sends to gunicorn and withdraws at granian: with Redis, with the database cache, and with a separate cache in
each process. ``ROUNDS`` is the number of withdrawals (default: 3). Starts its own servers.
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
