"""Start a server, and send to it from clients that never wait longer than for a response."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread

CONNECTIONS = 8
SERVERS = {
    "gunicorn": [
        "gunicorn", "--workers", "4", "--threads", "2", "--worker-class", "gthread", "--log-level", "error",
        "--keep-alive", "60",
    ],
    "granian": ["granian", "--interface", "wsgi", "--workers", "4", "--blocking-threads", "2", "--log-level", "error"],
}  # fmt: skip


@dataclass(slots=True)
class Answers:
    """The responses that the clients received."""

    seconds: list[float] = field(default_factory=list)
    rejected_count: int = 0
    failed_count: int = 0
    """Responses with status 500 and above."""


@contextmanager
def serving(server: str, database_url: str) -> Iterator[int]:
    """Run the site under ``server`` until the block ends, and yield its port."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    where = ["--bind", f"127.0.0.1:{port}"] if server == "gunicorn" else ["--port", str(port)]
    command = [sys.executable, "-m", *SERVERS[server], *where, "benchmarks.ingest.site:application"]
    names = {
        "DJANGO_SETTINGS_MODULE": "benchmarks.ingest.settings",
        "TRACKING_TEST_DATABASE_URL": database_url,
    }
    with subprocess.Popen(command, env={**os.environ, **names}) as process:
        try:
            _wait(port, process)
            yield port
        finally:
            process.terminate()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    sys.exit("The server did not start; it says why above.")


def send(port: int, path: str, cookies: Sequence[str], bodies: Sequence[bytes]) -> Answers:
    """Post every body, with one learner for each connection; ``{}`` in ``path`` is the number of the learner."""
    answers = [Answers() for _ in range(CONNECTIONS)]
    threads = [
        Thread(
            target=_post,
            args=(port, path.format(place), cookies[place], bodies[place::CONNECTIONS], answers[place]),
        )
        for place in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Answers(
        seconds=[second for each in answers for second in each.seconds],
        rejected_count=sum(each.rejected_count for each in answers),
        failed_count=sum(each.failed_count for each in answers),
    )


def _post(port: int, path: str, cookie: str, bodies: Sequence[bytes], answers: Answers) -> None:
    # Raw sockets: a client of the standard library takes as long for a request as the server, so it would be the limit.
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n"
        "Content-Type: application/json\r\nSec-Fetch-Site: same-origin\r\nContent-Length: "
    ).encode()
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for body in bodies:
            began = time.perf_counter()
            connection.sendall(b"%b%d\r\n\r\n%b" % (head, len(body), body))
            status = _status_of_answer(connection)
            answers.seconds.append(time.perf_counter() - began)
            answers.rejected_count += status != 202
            answers.failed_count += status >= 500


def _status_of_answer(connection: socket.socket) -> int:
    """Read a response to its end and return its status."""
    received = connection.recv(65536)
    while b"\r\n\r\n" not in received:
        received += _more(connection)
    head, _, content = received.partition(b"\r\n\r\n")
    length = next(
        int(line.partition(b":")[2])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    )
    while len(content) < length:
        content += _more(connection)
    return int(head.split(b" ", 2)[1])


def _more(connection: socket.socket) -> bytes:
    part = connection.recv(65536)
    if not part:
        raise ConnectionError("The server closed the connection before the end of a response.")
    return part
