"""The environment in which tests find their servers, and commands run in it."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from types import FrameType

from tests.servers import addresses, chromium, postgresql, redis

ENDINGS = [signal.SIGTERM, signal.SIGHUP]


@contextmanager
def prepared() -> Iterator[dict[str, str]]:
    """Start what the environment gives no address for, until the block ends, and yield the environment with all."""
    environment = dict(os.environ)
    with ExitStack() as servers:
        if not environment.get(addresses.CHROMIUM):
            environment[addresses.CHROMIUM] = chromium.find_or_install()
        if not environment.get(addresses.POSTGRESQL):
            environment[addresses.POSTGRESQL] = servers.enter_context(postgresql.private())
        if not environment.get(addresses.REDIS):
            environment[addresses.REDIS] = servers.enter_context(redis.private())
        yield environment


def run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run ``command`` and return its exit status; what would end us ends it first."""
    child = subprocess.Popen(command, env=environment)

    def pass_on(number: int, _frame: FrameType | None) -> None:
        child.send_signal(number)

    before = {number: signal.signal(number, pass_on) for number in ENDINGS}
    # The terminal sends Ctrl-C to the command as well, and it may have a report to write before it ends.
    before[signal.SIGINT] = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return child.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def leave_on_termination() -> None:
    """Turn SIGTERM and SIGHUP into an ordinary exit, so that every server is stopped on the way out."""

    def leave(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    for number in ENDINGS:
        signal.signal(number, leave)
