"""The private servers start, answer, and are gone afterwards; the real Redis is one of them."""

import signal
import sys
from pathlib import Path

import pytest
import redis

from tests.servers import process


def test_a_server_answers_inside_the_block_and_is_gone_after_it(tmp_path: Path) -> None:
    program = process.Program(
        command=lambda port: [sys.executable, "-m", "http.server", "--bind", process.LOOPBACK, str(port)],
        is_ready=process.accepts_connections,
        stop_signal=signal.SIGTERM,
        log=tmp_path / "log",
    )
    with process.running(program) as port:
        assert process.accepts_connections(port)
    assert not process.accepts_connections(port)


def test_a_server_that_ends_at_once_is_reported_with_its_last_words(tmp_path: Path) -> None:
    program = process.Program(
        command=lambda port: [sys.executable, "-c", "raise SystemExit('no licence')"],
        is_ready=process.accepts_connections,
        stop_signal=signal.SIGTERM,
        log=tmp_path / "log",
    )
    with pytest.raises(process.ServerFailed, match="did not start: no licence"), process.running(program):
        pass


def test_a_test_is_given_an_empty_redis(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as database:
        database.set("lesson", "opened")
        assert (database.dbsize(), database.get("lesson")) == (1, b"opened")
