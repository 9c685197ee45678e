import errno
import logging
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from urllib.request import urlopen

import pytest
from django.core.management import CommandError, call_command
from django.core.servers.basehttp import ThreadedWSGIServer

from config import embedded
from config.demo import classes

ROOT = Path(__file__).resolve().parents[3]
SMALL_DEMO = """
from functools import partial
import django
django.setup()
from django.core.management import call_command
from config.demo import classes
classes.seed = partial(classes.seed, size=0)
call_command("demo", port=0)
"""
RunDemo = Callable[..., None]


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port at which something else listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def free_port() -> int:
    """A port at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture
def run_demo(monkeypatch: pytest.MonkeyPatch, free_port: int, db: None) -> RunDemo:
    """Run the demo without a class and a worker; it is stopped when it has served."""

    def run(
        *, while_preparing: Callable[[], object] = bool, while_serving: Callable[[], object] = bool
    ) -> None:
        def serve(server: ThreadedWSGIServer) -> None:
            while_serving()
            stop()

        monkeypatch.setattr(classes, "seed", lambda report_week: while_preparing())
        monkeypatch.setattr(ThreadedWSGIServer, "serve_forever", serve)
        monkeypatch.setattr(embedded, "running", lambda app: nullcontext())
        monkeypatch.setattr(signal, "signal", lambda number, handler: None)
        monkeypatch.setattr(logging.getLogger("django.server"), "level", logging.INFO)
        call_command("demo", port=free_port)

    return run


def stop() -> None:
    raise KeyboardInterrupt


def is_open(port: int) -> bool:
    with socket.socket() as browser:
        return browser.connect_ex(("127.0.0.1", port)) == 0


def test_a_port_that_is_taken_is_named_before_anything_is_done(taken_port, capsys):
    with pytest.raises(CommandError) as caught:
        call_command("demo", port=taken_port)
    assert str(caught.value) == (
        f"Port {taken_port} is taken by another program. Choose another: PORT={taken_port + 1} make demo"
    )
    assert capsys.readouterr().out == ""


def test_a_port_that_cannot_be_is_named_too():
    with pytest.raises(CommandError, match=r"70000 is not a port\. Choose one up to 65535"):
        call_command("demo", port=70000)


def test_a_second_demo_on_the_same_port_ends_at_once_while_the_first_prepares(run_demo, free_port):
    def start_another() -> None:
        with pytest.raises(CommandError, match=f"Port {free_port} is taken by another program"):
            call_command("demo", port=free_port)

    run_demo(while_preparing=start_another)


def test_a_browser_that_comes_while_the_demo_prepares_is_refused_and_does_not_hang(run_demo, free_port):
    """It used to be kept waiting until the classes were simulated, without a word."""
    answers: list[bool] = []
    run_demo(while_preparing=lambda: answers.append(is_open(free_port)))
    assert answers == [False]


def test_no_address_is_printed_while_the_demo_prepares(run_demo, capsys):
    printed: list[str] = []
    run_demo(while_preparing=lambda: printed.append(capsys.readouterr().out))
    assert printed[0].startswith("Preparing the database and the courses.")
    assert "http://" not in printed[0]


def test_the_port_is_open_by_the_time_the_address_is_printed(run_demo, free_port, capsys):
    seen: list[tuple[bool, bool]] = []
    address = f"http://127.0.0.1:{free_port}/"
    run_demo(while_serving=lambda: seen.append((address in capsys.readouterr().out, is_open(free_port))))
    assert seen == [(True, True)]


def test_a_port_that_someone_else_opens_meanwhile_is_named(run_demo, monkeypatch, free_port):
    def fail(server: ThreadedWSGIServer) -> None:
        raise OSError(errno.EADDRINUSE, "Address already in use")

    monkeypatch.setattr(ThreadedWSGIServer, "server_activate", fail)
    with pytest.raises(CommandError, match=f"Port {free_port} is taken by another program"):
        run_demo()


def test_the_demo_names_who_can_log_in_and_stops_quietly(run_demo, capsys):
    run_demo()
    output = capsys.readouterr().out
    assert [person.username for person in classes.PEOPLE if f"  {person.username} " not in output] == []
    assert output.endswith("Stop with Ctrl-C.\n\nStopping ...\n")


def test_the_demo_stops_quietly_while_it_prepares(run_demo, capsys):
    run_demo(while_preparing=stop)
    assert capsys.readouterr().out.endswith("\n\nStopping ...\n")


def test_the_first_answer_from_the_printed_address_is_a_page_with_the_courses(tmp_path):
    """The whole command in a process of its own, from an empty folder; only the classes are left out."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-c", SMALL_DEMO]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as demo:
        try:
            address = next(
                found[0] for line in demo.stdout or () if (found := re.search(r"http://\S+", line))
            )
            with urlopen(address, timeout=20) as answer:
                page = answer.read().decode()
        finally:
            demo.kill()
            demo.communicate()
    assert "Learning to learn" in page
