"""Run a command with private servers: ``python -m tests.servers .venv/bin/pytest -k outline``."""

import sys

from tests.servers import environment
from tests.servers.process import ServerFailed


def main(command: list[str]) -> int:
    """Run ``command`` and return its exit status."""
    if not command:
        print("usage: python -m tests.servers COMMAND...", file=sys.stderr)
        return 2
    environment.leave_on_termination()
    try:
        with environment.prepared() as variables:
            return environment.run(command, variables)
    except ServerFailed as failure:
        print(failure, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
