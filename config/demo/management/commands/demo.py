"""``manage.py demo``: the whole site in one process, with people and classes to look at."""

import errno
import logging
import os
import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

# Django's own server: it is there already, and this site has as many visitors as sit before it.
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

from config import celery_app, embedded
from config.demo import classes
from config.wsgi import application

HOST = "127.0.0.1"


class Command(BaseCommand):
    help = "Run web, worker and beat in this process, with classes to look at."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--port", type=int, default=os.environ.get("PORT") or 8000, help="PORT, or 8000, unless given."
        )

    def handle(self, *, port: int, **options: Any) -> None:
        # Before anything else, so that a port that is taken costs nobody a wait.
        server = _listen(port)
        self.stdout.write("Laying out the database and the classes ...")
        call_command("migrate", verbosity=0)
        call_command("load_courses", stdout=self.stdout)
        classes.seed(tell_week=self._tell_week)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with server, embedded.running(celery_app):
            # Only now, because a worker that starts lays out logging anew.
            logging.getLogger("django.server").setLevel(logging.WARNING)
            self._greet(server.server_port)
            try:
                server.serve_forever()
            except KeyboardInterrupt:
                self.stdout.write("\nStopping ...")

    def _tell_week(self, number: int) -> None:
        if number == 1:
            self.stdout.write("Simulating a term of three classes, week by week: ", ending="")
        self.stdout.write(f"{number} ", ending="")
        self.stdout.flush()

    def _greet(self, port: int) -> None:
        self.stdout.write(self.style.SUCCESS(f"\nLantern is open at http://{HOST}:{port}/"))
        self.stdout.write(f"Log in with the password {classes.PASSWORD!r} as\n")
        for person in classes.PEOPLE:
            self.stdout.write(f"  {person.username:<8}{person.description}")
        self.stdout.write("\nStop with Ctrl-C.")
        self.stdout.flush()


def _listen(port: int) -> ThreadedWSGIServer:
    try:
        server = ThreadedWSGIServer((HOST, port), WSGIRequestHandler)
    except OverflowError:
        raise CommandError(f"There is no port {port}. Choose one up to 65535: PORT=8000 make demo") from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CommandError(
                f"Port {port} is taken by another program. Choose another: PORT={port + 1} make demo"
            ) from None
        raise CommandError(
            f"Port {port} cannot be used: {error.strerror}. Choose another: PORT=8000 make demo"
        ) from None
    server.set_app(application)
    return server
