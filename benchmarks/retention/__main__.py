"""Run the comparison on a PostgreSQL of our own that is as durable as its defaults make it.

Where nothing waits for a disk, as in the tests, deleting rows costs next to nothing.
"""

import os
import subprocess
import sys

from tests.servers import addresses, postgresql

if __name__ == "__main__":
    with postgresql.private(is_durable=True) as url:
        command = [sys.executable, "-m", "benchmarks.retention.comparison"]
        sys.exit(subprocess.run(command, env={**os.environ, addresses.DATABASE: url}, check=False).returncode)
