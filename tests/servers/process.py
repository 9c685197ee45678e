"""A server process of our own: started on a free port, ready when it answers, and gone when we are."""

import ctypes
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests import waiting

LOOPBACK = "127.0.0.1"
START_SECONDS = 30
STOP_SECONDS = 10
TRIES = 3
RESTART_SECONDS = 60
RETRY_SECONDS = 0.5
_PR_SET_PDEATHSIG = 1


class ServerFailed(Exception):
    """A server could not be found, installed or started; the message says how to get it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A server program and how it is run."""

    command: Callable[[int], Sequence[str | Path]]
    """The command line that makes it listen on a port."""
    is_ready: Callable[[int], bool]
    """Whether it answers on a port."""
    stop_signal: signal.Signals
    log: Path
    identity: Mapping[str, Any] = field(default_factory=dict)
    """As whom it runs: ``user`` and ``group`` of ``subprocess.Popen``. Empty: as ourselves."""


@contextmanager
def running(program: Program) -> Iterator[int]:
    """Run ``program`` until the block ends, and yield the port on which it answers."""
    server, port = _started(program)
    try:
        yield port
    finally:
        server.send_signal(program.stop_signal)
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            _kill(server)


class Restartable:
    """A server that can be ended and started again on the same port. Call it from one thread, which outlives it."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._server, self.port = _started(program)

    def restart(self, ending: signal.Signals) -> None:
        """End it with ``ending``, which may be no warning at all, and start it again."""
        self.stop(ending)
        # What its children still hold, such as shared memory, is free in a moment.
        if not waiting.until(self._starts, seconds=RESTART_SECONDS, every=RETRY_SECONDS):
            log = self._program.log.read_text(errors="replace")
            raise ServerFailed(f"It did not start again: {log[-2000:]}")

    def stop(self, ending: signal.Signals) -> None:
        """End it with ``ending`` and wait until it is gone."""
        self._server.send_signal(ending)
        self._server.wait()

    def _starts(self) -> bool:
        self._server = _launch(self._program, self.port)
        is_ready = _gets_ready(self._server, self._program, self.port)
        if not is_ready:
            self.stop(signal.SIGKILL)
        return is_ready


def accepts_connections(port: int) -> bool:
    """Return whether something listens on ``port`` of loopback."""
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True


def _started(program: Program) -> tuple[subprocess.Popen[bytes], int]:
    # Another program may take the port between our finding it free and the server binding it: then try another.
    for _try in range(TRIES):
        port = free_port()
        server = _launch(program, port)
        if _gets_ready(server, program, port):
            return server, port
        _kill(server)
    name = Path(program.command(0)[0]).name
    raise ServerFailed(f"{name} did not start: {program.log.read_text(errors='replace')[-2000:]}")


def free_port() -> int:
    """Return a port of loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def _launch(program: Program, port: int) -> subprocess.Popen[bytes]:
    with program.log.open("wb") as output:
        return subprocess.Popen(
            program.command(port),
            cwd=program.log.parent,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the tests; their servers outlive them.
            preexec_fn=lambda: _end_with_parent(program.stop_signal),  # noqa: PLW1509  No threads run here.
            **program.identity,
        )


def _gets_ready(server: subprocess.Popen[bytes], program: Program, port: int) -> bool:
    """Wait until ``server`` answers; false where it ended or took too long."""
    waiting.until(lambda: server.poll() is not None or program.is_ready(port), seconds=START_SECONDS)
    return server.poll() is None and program.is_ready(port)


def _kill(server: subprocess.Popen[bytes]) -> None:
    server.kill()
    server.wait()


def _end_with_parent(stop_signal: signal.Signals) -> None:
    """Ask Linux to stop the server even where the tests are killed outright and can stop nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, stop_signal)
