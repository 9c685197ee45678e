"""Whether events are lost or doubled while processes are killed: ``make bench-faults``.

``SECONDS`` is the duration (default: 60), ``SEED`` decides what is killed when. Starts its own servers.
"""

import os
import sys

from tests.faults import run

SECONDS = float(os.environ.get("SECONDS", "60"))
SEED = int(os.environ.get("SEED", "1"))


def main() -> int:
    report = run.through(SECONDS, seed=SEED, log=lambda line: print(line, flush=True))
    print(f"\n{report.seconds:.0f} s, {run.CLIENTS} clients, {run.WORKERS} workers")
    for name, count in report.kills.items():
        print(f"{name:28}{count:10,}")
    facts = {
        "events acknowledged": report.acknowledged,
        "requests": report.requests,
        "requests that failed": report.failures,
        "batches sent again": report.repeats,
        "job runs": report.verdict["runs"],
        "job runs that failed": report.verdict["failed_runs"],
        "job runs that were killed": report.verdict["killed_runs"],
        "lost": len(report.lost),
        "stored, not acknowledged": len(report.extra),
        "wrong totals": len(report.verdict["wrong_totals"]),
        "rollups a rebuild changes": len(report.verdict["changed_by_a_rebuild"]),
        "pending changes left": report.verdict["waiting"] + report.verdict["dead"],
    }
    for name, count in facts.items():
        print(f"{name:28}{count:10,}")
    print(f"{'drained after':28}{report.drained_seconds:10.1f} s")
    print(*report.verdict["wrong_totals"][:10], *report.verdict["changed_by_a_rebuild"], sep="\n")
    print(f"faults: {report.faults} lost, doubled or wrong (target 0, limit 0)")
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
