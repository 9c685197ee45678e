import logging
import signal
import socket
from collections.abc import Iterator
from contextlib import nullcontext

import pytest
from django.core.management import CommandError, call_command
from django.core.servers.basehttp import ThreadedWSGIServer

from config import embedded
from config.demo import classes


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port at which something else listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_port_that_is_taken_is_named_before_anything_is_done(taken_port, capsys):
    with pytest.raises(CommandError) as caught:
        call_command("demo", port=taken_port)
    assert str(caught.value) == (
        f"Port {taken_port} is taken by another program. Choose another: PORT={taken_port + 1} make demo"
    )
    assert capsys.readouterr().out == ""


def test_a_port_that_cannot_be_is_named_too():
    with pytest.raises(CommandError, match=r"There is no port 70000\. Choose one up to 65535"):
        call_command("demo", port=70000)


@pytest.mark.django_db
def test_the_demo_names_its_address_and_who_can_log_in_and_stops_quietly(monkeypatch, capsys):
    def stop(server: ThreadedWSGIServer) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(ThreadedWSGIServer, "serve_forever", stop)
    monkeypatch.setattr(embedded, "running", lambda app: nullcontext())
    monkeypatch.setattr(classes, "seed", lambda tell_week: None)
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)
    monkeypatch.setattr(logging.getLogger("django.server"), "level", logging.INFO)
    call_command("demo", port=0)
    output = capsys.readouterr().out
    assert "Lantern is open at http://127.0.0.1:" in output
    assert [person.username for person in classes.PEOPLE if f"  {person.username} " not in output] == []
    assert output.endswith("Stop with Ctrl-C.\n\nStopping ...\n")
