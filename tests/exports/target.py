"""A server of our own that deliveries go to: it keeps what it was sent, and answers as it is told."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass(frozen=True)
class Sent:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Target:
    """``statuses`` are answered in turn, then 200 for ever."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)


def still(moment: datetime) -> Callable[[], datetime]:
    """Return a clock that stands still."""
    return lambda: moment


def ticking(moment: datetime, step: timedelta) -> Callable[[], datetime]:
    """Return a clock that goes on by ``step`` whenever somebody looks."""
    looks = itertools.count()
    return lambda: moment + next(looks) * step


@contextmanager
def opened() -> Iterator[Target]:
    """Serve on a free port until the block ends."""
    target = Target()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            target.sent.append(Sent(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            status = target.statuses.pop(0) if target.statuses else 200
            self.send_response(status)
            self.send_header("Content-Length", "0")
            if 300 <= status < 400:
                self.send_header("Location", f"{target.url}/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    target.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield target
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
