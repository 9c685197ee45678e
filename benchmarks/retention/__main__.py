"""Run the comparison on a PostgreSQL that is started for it, as durable as its defaults make it.

If commits did not wait for the disk, as in the tests, deleting rows would cost next to nothing.
"""

import os
import subprocess
import sys

from tests.servers import addresses, postgresql

if __name__ == "__main__":
    with postgresql.private(is_durable=True) as url:
        command = [sys.executable, "-m", "benchmarks.retention.comparison"]
        sys.exit(subprocess.run(command, env={**os.environ, addresses.DATABASE: url}, check=False).returncode)
