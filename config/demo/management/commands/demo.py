"""``manage.py demo``: run the whole site in one process, with people and classes to explore."""

import errno
import logging
import os
import signal
import socket
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

# Django's own server: it needs no other package, and this site has only a few visitors.
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

from config import celery_app, embedded
from config.demo import classes
from config.demo.simulation.term import PAST_WEEKS
from config.wsgi import application

HOST = "127.0.0.1"


class Command(BaseCommand):
    help = "Run web, worker and beat in this process, with classes to look at."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--port", type=int, default=os.environ.get("PORT") or 8000, help="Default: PORT, or 8000."
        )

    def handle(self, *, port: int, **options: Any) -> None:
        with ThreadedWSGIServer((HOST, port), WSGIRequestHandler, bind_and_activate=False) as server:
            # Reserve the port first, so that a taken port shows at once and not after minutes of preparation.
            _reserve(server, port)
            server.set_app(application)
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            with self._until_stopped():
                self._prepare()
                self._serve(server)

    def _prepare(self) -> None:
        self._print("Preparing the database and the courses. The address follows when the site is ready.\n")
        call_command("migrate", verbosity=0)
        call_command("load_courses", stdout=self.stdout)
        classes.seed(report_week=self._report_week)

    def _serve(self, server: ThreadedWSGIServer) -> None:
        with embedded.running(celery_app), self._until_stopped():
            # Only now, because a worker that starts configures logging again.
            logging.getLogger("django.server").setLevel(logging.WARNING)
            _listen(server)
            self._greet(server.server_port)
            server.serve_forever()

    @contextmanager
    def _until_stopped(self) -> Iterator[None]:
        try:
            yield
        except KeyboardInterrupt:
            self._print("\nStopping ...\n")

    def _report_week(self, number: int) -> None:
        if number == 1:
            self._print(f"Simulating {PAST_WEEKS} weeks of three classes, once. Weeks done: ")
        self._print(f"{number} ")

    def _print(self, text: str) -> None:
        self.stdout.write(text, ending="")
        # Flush at once, into a pipe too: these lines show progress to a person who waits.
        self.stdout.flush()

    def _greet(self, port: int) -> None:
        self.stdout.write(self.style.SUCCESS(f"\nLantern is open at http://{HOST}:{port}/"))
        self.stdout.write(f"Log in with the password {classes.PASSWORD!r} as\n")
        for person in classes.PEOPLE:
            self.stdout.write(f"  {person.username:<8}{person.description}")
        self.stdout.write("\nStop with Ctrl-C.")
        self.stdout.flush()


def _reserve(server: ThreadedWSGIServer, port: int) -> None:
    """Bind the port without listening: until the site is ready, connections fail at once instead of hanging."""
    try:
        server.server_bind()
    except OverflowError:
        raise CommandError(f"{port} is not a port. Choose one up to 65535: PORT=8000 make demo") from None
    except OSError as error:
        raise _port_error(port, error) from None
    # Django binds with SO_REUSEADDR, so that old connections of an earlier demo do not block the port. While no one
    # listens, the option would also let a second demo bind the same port and prepare in vain.
    server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)


def _listen(server: ThreadedWSGIServer) -> None:
    # Connections inherit the option from the listening socket, and with it they do not block the next demo.
    server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        server.server_activate()
    except OSError as error:
        raise _port_error(server.server_port, error) from None


def _port_error(port: int, error: OSError) -> CommandError:
    if error.errno == errno.EADDRINUSE:
        return CommandError(
            f"Port {port} is taken by another program. Choose another: PORT={port + 1} make demo"
        )
    return CommandError(f"Port {port} cannot be used: {error.strerror}. Choose another: PORT=8000 make demo")
