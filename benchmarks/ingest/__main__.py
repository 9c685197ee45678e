"""Run the benchmark on SQLite with eight writers, then on PostgreSQL next to the other ways to store events.

PostgreSQL is started for this and as durable as its defaults make it. If commits did not wait for the disk, as in the
tests, a commit for each event would cost next to nothing.
"""

import os
import subprocess
import sys

from tests.servers import addresses, postgresql


def main() -> int:
    """Run both parts, each in its own process and database, and return 0 if both targets are met."""
    is_met = _run("benchmarks.ingest.on_sqlite", "")
    with postgresql.private(is_durable=True) as url:
        is_met &= _run("benchmarks.ingest.comparison", url)
    return 0 if is_met else 1


def _run(module: str, database_url: str) -> bool:
    names = {addresses.DATABASE: database_url}
    return (
        subprocess.run([sys.executable, "-m", module], env={**os.environ, **names}, check=False).returncode
        == 0
    )


if __name__ == "__main__":
    sys.exit(main())
