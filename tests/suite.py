"""Run the whole suite: on SQLite, again on PostgreSQL, on MariaDB where there is one.

``python -m tests.suite [PYTEST ARGUMENT...]`` is what ``make test`` runs. Tests run in random order: ``SEED=123``
repeats the order and the generated examples of an earlier run. With ``COVERAGE=1``, which ``make coverage`` sets, it
also says which lines ran, holds them to their floors, and takes twice as long.
"""

import heapq
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from tests.servers import addresses, environment
from tests.servers.process import ServerFailed

COVERAGE = Path("var/coverage")
COVER = ["--cov", "--cov-append", "--cov-report="]
IS_COVERED = bool(os.environ.get("COVERAGE"))
INTERRUPTED = 2
NO_TESTS_RAN = 5
SLOWEST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """One run of pytest over the tests that a database has something to say about."""

    database: str
    url: str
    markers: str
    may_be_empty: bool = False


def main(arguments: Sequence[str]) -> int:
    """Run every pass and return 0 where all of them passed."""
    environment.leave_on_termination()
    seed = int(os.environ.get("SEED") or secrets.randbelow(100_000))
    options = [f"--randomly-seed={seed}", f"--hypothesis-seed={seed}", *(COVER if IS_COVERED else [])]
    if IS_COVERED:
        shutil.rmtree(COVERAGE, ignore_errors=True)
        COVERAGE.mkdir(parents=True)
    try:
        with environment.prepared() as variables, tempfile.TemporaryDirectory() as folder:
            reports = Path(folder)
            passes = list(_passes(variables))
            statuses = {
                each.database: _run(each, [*options, *arguments], variables, reports) for each in passes
            }
            _name_the_slowest(reports)
    except ServerFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    failed = [database for database, status in statuses.items() if status]
    if failed:
        print(f"\nFailed on {', '.join(failed)}. The same order again: make test SEED={seed}")
        return 1
    if IS_COVERED and not _is_covered_enough():
        return 1
    print(f"\nPassed on {', '.join(statuses)}. Seed: {seed}")
    return 0


def _passes(variables: Mapping[str, str]) -> Iterator[Pass]:
    yield Pass(database="SQLite", url="", markers="")
    yield Pass(database="PostgreSQL", url=variables[addresses.POSTGRESQL], markers="not browser and not once")
    if mariadb := variables.get(addresses.MARIADB):
        yield Pass(database="MariaDB", url=mariadb, markers="mariadb", may_be_empty=True)


def _run(each: Pass, arguments: Sequence[str], variables: Mapping[str, str], reports: Path) -> int:
    print(f"\n--- on {each.database}", flush=True)
    report = f"--junitxml={reports / each.database}"
    command = [sys.executable, "-m", "pytest", "-n", "auto", "-m", each.markers, report, *arguments]
    status = environment.run(command, {**variables, addresses.DATABASE: each.url})
    if status < 0 or status == INTERRUPTED:
        raise SystemExit(f"Stopped on {each.database}.")
    return 0 if status == NO_TESTS_RAN and each.may_be_empty else status


def _name_the_slowest(reports: Path) -> None:
    # Pytest adds the time of subtests to that of the test that they are in, which then looks twice as slow as it is.
    took = [
        (float(case.get("time", 0)), f"{report.name}: {case.get('classname')}::{case.get('name')}")
        for report in reports.iterdir()
        for case in ElementTree.parse(report).iter("testcase")
    ]
    print(f"\n--- the {SLOWEST} slowest tests\n")
    for seconds, name in heapq.nlargest(SLOWEST, took):
        print(f"{seconds:6.1f} s  {name}")


def _is_covered_enough() -> bool:
    """Print what ran, and return whether all of it together and the pure modules each reach their floor."""
    floors = tomllib.loads(Path("pyproject.toml").read_text())["tool"]["suite"]
    whole = ",".join(floors["whole"])
    print("\n--- covered by all\n", flush=True)
    _coverage("html", "-q")
    is_enough = _coverage("report", f"--fail-under={floors['floor']}")
    print("\n--- pure modules\n", flush=True)
    is_whole = _coverage("report", f"--include={whole}", "--fail-under=100")
    print(f"line by line: {COVERAGE / 'html/index.html'}")
    return is_enough and is_whole


def _coverage(*arguments: str) -> bool:
    return subprocess.run([sys.executable, "-m", "coverage", *arguments], check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
