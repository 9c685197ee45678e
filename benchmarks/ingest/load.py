"""Clients that send as fast as they are answered, and the server that they send to."""

import http.client
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
        "gunicorn", "--workers", "2", "--threads", "4", "--worker-class", "gthread", "--log-level", "error",
    ],
    "granian": ["granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "4", "--log-level", "error"],
}  # fmt: skip


@dataclass(slots=True)
class Answers:
    """What the clients got."""

    seconds: list[float] = field(default_factory=list)
    refused_count: int = 0


@contextmanager
def serving(server: str, database_url: str) -> Iterator[int]:
    """Run the site under ``server`` and yield its port."""
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
    """Post every body, each connection as a learner of its own; ``{}`` in ``path`` is the learner's place."""
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
        refused_count=sum(each.refused_count for each in answers),
    )


def _post(port: int, path: str, cookie: str, bodies: Sequence[bytes], answers: Answers) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"Cookie": cookie, "Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}
    for body in bodies:
        began = time.perf_counter()
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        response.read()
        answers.seconds.append(time.perf_counter() - began)
        answers.refused_count += response.status != 202
    connection.close()
