"""``manage.py demo``: the whole site in one process, with people and classes to look at."""

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

# Django's own server: it is there already, and this site has as many visitors as sit before it.
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

from config import celery_app, embedded
from config.demo import classes
from config.demo.simulation.term import WEEKS_GONE
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
            # Before anything else, so that a port that is taken costs no one a wait.
            _reserve(server, port)
            server.set_app(application)
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            with self._until_stopped():
                self._prepare()
                self._serve(server)

    def _prepare(self) -> None:
        self._say("Preparing the database and the courses. The address follows when the site is ready.\n")
        call_command("migrate", verbosity=0)
        call_command("load_courses", stdout=self.stdout)
        classes.seed(tell_week=self._tell_week)

    def _serve(self, server: ThreadedWSGIServer) -> None:
        with embedded.running(celery_app), self._until_stopped():
            # Only now, because a worker that starts lays out logging anew.
            logging.getLogger("django.server").setLevel(logging.WARNING)
            _listen(server)
            self._greet(server.server_port)
            server.serve_forever()

    @contextmanager
    def _until_stopped(self) -> Iterator[None]:
        try:
            yield
        except KeyboardInterrupt:
            self._say("\nStopping ...\n")

    def _tell_week(self, number: int) -> None:
        if number == 1:
            self._say(f"Simulating {WEEKS_GONE} weeks of three classes, once. Weeks done: ")
        self._say(f"{number} ")

    def _say(self, words: str) -> None:
        self.stdout.write(words, ending="")
        # At once, into a pipe too: these lines are for whoever waits.
        self.stdout.flush()

    def _greet(self, port: int) -> None:
        self.stdout.write(self.style.SUCCESS(f"\nLantern is open at http://{HOST}:{port}/"))
        self.stdout.write(f"Log in with the password {classes.PASSWORD!r} as\n")
        for person in classes.PEOPLE:
            self.stdout.write(f"  {person.username:<8}{person.description}")
        self.stdout.write("\nStop with Ctrl-C.")
        self.stdout.flush()


def _reserve(server: ThreadedWSGIServer, port: int) -> None:
    """Hold the port without listening: until the site is ready, a browser is refused, and does not hang."""
    try:
        server.server_bind()
    except OverflowError:
        raise CommandError(f"{port} is not a port. Choose one up to 65535: PORT=8000 make demo") from None
    except OSError as error:
        raise _no_use_of(port, error) from None
    # Django binds with this option, to get past the connections of a demo that has just ended. While neither listens,
    # it would let a second demo bind the same port and prepare in vain.
    server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)


def _listen(server: ThreadedWSGIServer) -> None:
    # Connections inherit it from the socket that listens: it is what lets the next demo get past them.
    server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        server.server_activate()
    except OSError as error:
        raise _no_use_of(server.server_port, error) from None


def _no_use_of(port: int, error: OSError) -> CommandError:
    if error.errno == errno.EADDRINUSE:
        return CommandError(
            f"Port {port} is taken by another program. Choose another: PORT={port + 1} make demo"
        )
    return CommandError(f"Port {port} cannot be used: {error.strerror}. Choose another: PORT=8000 make demo")
