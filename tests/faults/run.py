"""Load from several clients while everything behind it is killed; then the question whether the totals are right."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import redis

from tests import messages, waiting
from tests.faults.host import COURSE, LESSONS
from tests.servers import addresses, postgresql, process
from tests.servers import redis as redis_server
from tests.servers.process import LOOPBACK
from tracking.capture import uuid7
from tracking.rollups.learner import witness

CLIENTS = 6
LEARNERS = 600
"""So many that few send twice: a later event of a learner would make up for a change of theirs that was lost."""
WORKERS = 2
VIEWS_A_BATCH = 5
PAUSE_SECONDS = 0.1
RETRY_SECONDS = 0.2
DRAIN_SECONDS = 180
"""How long the workers may take at the end; on a machine that is busy otherwise each of them starts for a while."""
ANSWER_SECONDS = 10

Log = Callable[[str], object]


@dataclass(slots=True)
class Sent:
    """What one client knows at the end."""

    acknowledged: set[str] = field(default_factory=set)
    requests: int = 0
    failures: int = 0
    repeats: int = 0


@dataclass(slots=True, kw_only=True)
class Report:
    """What came of it. ``lost`` and ``extra`` are ids; every list is empty where all is well."""

    seconds: float
    acknowledged: int
    requests: int
    failures: int
    repeats: int
    kills: dict[str, int]
    drained_seconds: float
    lost: list[str]
    extra: list[str]
    verdict: dict[str, Any]

    @property
    def faults(self) -> int:
        """How many events, totals and rows are not as they should be."""
        wrong = (self.lost, self.extra, self.verdict["wrong_totals"], self.verdict["changed_by_a_rebuild"])
        return sum(map(len, wrong)) + int(self.verdict["waiting"]) + int(self.verdict["dead"])


class Process:
    """A process of the site with all its children, ended without warning and started again."""

    def __init__(self, command: Sequence[str], variables: dict[str, str], log: Path) -> None:
        self._command, self._variables, self._log = command, variables, log
        self.start()

    def start(self) -> None:
        with self._log.open("ab") as output:
            self._running = subprocess.Popen(
                self._command, env=self._variables, stdout=output, stderr=output, start_new_session=True
            )

    def kill(self) -> None:
        """End it and its children at once."""
        with suppress(ProcessLookupError):
            os.killpg(self._running.pid, signal.SIGKILL)
        self._running.wait()

    def restart(self) -> None:
        """End it at once and start it again."""
        self.kill()
        self.start()

    def revive(self) -> bool:
        """Start it again if it has ended by itself, as whatever runs services does; return whether it had."""
        if self._running.poll() is None:
            return False
        self.restart()
        return True


def through(seconds: float, *, seed: int, log: Log = lambda line: None) -> Report:
    """Run the site for ``seconds`` with something killed about every second and a half; return what came of it."""
    with ExitStack() as stack:
        database_url, database = stack.enter_context(postgresql.restartable())
        broker_url, broker = stack.enter_context(redis_server.restartable())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tracking-faults-")))
        variables = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "FAULTS_BROKER_URL": f"{broker_url}/0",
            addresses.DATABASE: database_url,
        }
        passes = _ask(["prepare", str(LEARNERS)], variables)
        port = process.free_port()
        site = stack.enter_context(_site(port, variables, folder))
        _wait_for(port)
        began = time.monotonic()
        sent = [Sent() for _ in range(CLIENTS)]
        given = itertools.cycle(passes)
        over = threading.Event()
        clients = [
            threading.Thread(target=_learn, args=(port, given, known, over, seed + place))
            for place, known in enumerate(sent)
        ]
        for client in clients:
            client.start()
        try:
            kills = _kill_for(seconds, site, database, broker, broker_url, sent, seed=seed, log=log)
        finally:
            over.set()
            for client in clients:
                client.join()
        lasted = time.monotonic() - began
        drained = _drain(variables, site, log)
        verdict = _ask(["judge"], variables)
    stored, acknowledged = set(verdict.pop("stored")), set().union(*(each.acknowledged for each in sent))
    return Report(
        seconds=lasted,
        acknowledged=len(acknowledged),
        requests=sum(each.requests for each in sent),
        failures=sum(each.failures for each in sent),
        repeats=sum(each.repeats for each in sent),
        kills=kills,
        drained_seconds=drained,
        lost=sorted(acknowledged - stored),
        extra=sorted(stored - acknowledged),
        verdict=verdict,
    )


@contextmanager
def _site(port: int, variables: dict[str, str], folder: Path) -> Iterator[dict[str, list[Process]]]:
    """Run the processes until the block ends. The workers are not told their queues."""
    celery = [sys.executable, "-m", "celery", "-A", "config"]
    quick = ["--pool", "prefork", "-c", "1", "-l", "WARNING", "--without-gossip", "--without-mingle"]

    def run(name: str, *command: str) -> Process:
        return Process(command, variables, folder / name)

    site = {
        "web": [run("web", sys.executable, "-m", "tests.faults.site", "serve", str(port))],
        "worker": [run(f"worker{n}", *celery, "worker", "-n", f"w{n}@%h", *quick) for n in range(WORKERS)],
        "beat": [run("beat", *celery, "beat", "-l", "WARNING", "-s", str(folder / "schedule"))],
    }
    try:
        yield site
    finally:
        for each in (each for some in site.values() for each in some):
            each.kill()


def _kill_for(
    seconds: float,
    site: dict[str, list[Process]],
    database: process.Restartable,
    broker: process.Restartable,
    broker_url: str,
    sent: Sequence[Sent],
    *,
    seed: int,
    log: Log,
) -> dict[str, int]:
    chance = random.Random(seed)

    def flush() -> None:
        with redis.Redis.from_url(broker_url) as connection:
            connection.flushall()

    blows: dict[str, Callable[[], object]] = {
        "worker killed": lambda: chance.choice(site["worker"]).restart(),
        "beat killed": site["beat"][0].restart,
        "web killed": site["web"][0].restart,
        "Redis flushed": flush,
        "Redis killed": lambda: broker.restart(signal.SIGKILL),
        "PostgreSQL restarted": lambda: database.restart(signal.SIGINT),
        "PostgreSQL crashed": lambda: database.restart(signal.SIGQUIT),
    }
    # Each at least once, in any order; workers more often than the rest.
    counts = dict.fromkeys(blows, 0)
    revived = 0
    deadline = time.monotonic() + seconds
    line: list[str] = []
    while time.monotonic() < deadline:
        if not line:
            line = [*blows, *["worker killed"] * 3]
            chance.shuffle(line)
        _wait_for_requests(chance.randint(20, 80), sent)
        name = line.pop()
        blows[name]()
        counts[name] += 1
        revived += _revive(site)
        log(f"{deadline - time.monotonic():5.1f} s left: {name}")
    return counts | {"ended by themselves": revived}


def _wait_for_requests(count: int, sent: Sequence[Sent]) -> None:
    """Wait until the clients have made ``count`` more requests, answered or not."""
    before = sum(each.requests for each in sent)
    waiting.until(lambda: sum(each.requests for each in sent) >= before + count, seconds=ANSWER_SECONDS)


def _revive(site: dict[str, list[Process]]) -> int:
    # A worker that starts while the database is away ends: it checks the project first.
    return sum(each.revive() for some in site.values() for each in some)


def _learn(port: int, given: Iterator[str], known: Sent, over: threading.Event, seed: int) -> None:
    """Send batches as a browser does: until they are taken, with the same ids, and some of them again."""
    chance = random.Random(seed)
    while not over.is_set():
        now, ingest_token = datetime.now(UTC), next(given)
        batch = [event for _ in range(VIEWS_A_BATCH) for event in _view(now, chance)]
        if _is_taken(port, ingest_token, batch, known):
            known.acknowledged |= {event["id"] for event in batch}
        if chance.random() < 0.2:
            known.repeats += _post(port, ingest_token, batch, known)
        over.wait(PAUSE_SECONDS)


def _is_taken(port: int, ingest_token: str, batch: list[dict[str, Any]], known: Sent) -> bool:
    """Send a batch until it is taken; false where it never is."""

    def is_taken() -> bool:
        answer = _post(port, ingest_token, batch, known)
        known.failures += not answer
        return answer

    return waiting.until(is_taken, seconds=DRAIN_SECONDS, every=RETRY_SECONDS)


def _view(now: datetime, chance: random.Random) -> list[dict[str, Any]]:
    """Return what one opening of a lesson is told by; one id has the time of its month in it, one has not."""
    # Both messages arrive at once, so the server bears out no more than what may have been under way.
    unit, view, elapsed = chance.choice(LESSONS), uuid.uuid4(), chance.randint(100, witness.TRAVEL_MS)
    opened_at = now - timedelta(milliseconds=elapsed)
    return [
        messages.opened(opened_at, unit, course=COURSE, view=view) | {"id": str(uuid7.make_uuid7(opened_at))},
        messages.progress(now, unit, [[0, elapsed]], course=COURSE, view=view),
    ]


def _post(port: int, ingest_token: str, batch: list[dict[str, Any]], known: Sent) -> bool:
    known.requests += 1
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=ANSWER_SECONDS)
    headers = {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}
    try:
        body = messages.batch(*batch, sent_at=datetime.now(UTC))
        connection.request("POST", f"/learning/events/{ingest_token}/", body, headers)
        answer = connection.getresponse()
        receipt = json.loads(answer.read()) if answer.status == 202 else None
    except (OSError, http.client.HTTPException, json.JSONDecodeError):
        # A process that is killed while it answers leaves half of an answer, which acknowledges nothing.
        return False
    finally:
        connection.close()
    if receipt is None:
        return False
    return bool(receipt["accepted"] + receipt["duplicate"] == len(batch))


def _drain(variables: dict[str, str], site: dict[str, list[Process]], log: Log) -> float:
    """Wait until the workers have handled every mark, without any help; return how long that took."""

    def is_done() -> bool:
        left = _ask(["waiting"], variables)
        log(f"{left:,} marks are left")
        _revive(site)
        return not left

    began = time.monotonic()
    waiting.until(is_done, seconds=DRAIN_SECONDS, every=0.5)
    return time.monotonic() - began


def _ask(arguments: Sequence[str], variables: dict[str, str]) -> Any:
    command = [sys.executable, "-m", "tests.faults.site", *arguments]
    answer = subprocess.run(command, env=variables, stdout=subprocess.PIPE, check=True)
    return json.loads(answer.stdout)


def _wait_for(port: int) -> None:
    waiting.until(lambda: process.accepts_connections(port), seconds=process.START_SECONDS)
