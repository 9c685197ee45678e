"""First SQLite with eight writers, then PostgreSQL beside the other ways to do it.

PostgreSQL is one of our own, as durable as its defaults make it: where a commit waits for no disk, as in the tests, it
costs next to nothing that each event has one of its own.
"""

import os
import subprocess
import sys

from tests.servers import addresses, postgresql


def main() -> int:
    """Run both parts, each in a process of its own with its own database, and return 0 where both are met."""
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
