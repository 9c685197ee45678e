"""Run the whole suite: on SQLite, again on PostgreSQL, on MariaDB where there is one.

``python -m tests.suite [PYTEST ARGUMENT...]`` is what ``make test`` runs. With ``COVERAGE=1``, which ``make coverage``
sets, it also says which lines ran, and takes twice as long.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.servers import addresses, environment
from tests.servers.process import ServerFailed

COVERAGE = Path("var/coverage")
COVER = ["--cov", "--cov-append", "--cov-report="]
IS_COVERED = bool(os.environ.get("COVERAGE"))
INTERRUPTED = 2
NO_TESTS_RAN = 5


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
    if IS_COVERED:
        shutil.rmtree(COVERAGE, ignore_errors=True)
        COVERAGE.mkdir(parents=True)
    try:
        with environment.prepared() as variables:
            statuses = {each.database: _run(each, arguments, variables) for each in _passes(variables)}
    except ServerFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    failed = [database for database, status in statuses.items() if status]
    if failed:
        print(f"\nFailed on {', '.join(failed)}.")
        return 1
    if IS_COVERED:
        _report_coverage()
    print(f"\nPassed on {', '.join(statuses)}.")
    return 0


def _passes(variables: Mapping[str, str]) -> Iterator[Pass]:
    yield Pass(database="SQLite", url="", markers="")
    yield Pass(database="PostgreSQL", url=variables[addresses.POSTGRESQL], markers="not browser and not once")
    if mariadb := variables.get(addresses.MARIADB):
        yield Pass(database="MariaDB", url=mariadb, markers="mariadb", may_be_empty=True)


def _run(each: Pass, arguments: Sequence[str], variables: Mapping[str, str]) -> int:
    print(f"\n--- on {each.database}", flush=True)
    command = [sys.executable, "-m", "pytest", "-n", "auto", *(COVER if IS_COVERED else [])]
    status = environment.run(
        [*command, "-m", each.markers, *arguments], {**variables, addresses.DATABASE: each.url}
    )
    if status < 0 or status == INTERRUPTED:
        raise SystemExit(f"Stopped on {each.database}.")
    return 0 if status == NO_TESTS_RAN and each.may_be_empty else status


def _report_coverage() -> None:
    print("\n--- covered by all\n", flush=True)
    for report in (["report"], ["html", "-q"]):
        subprocess.run([sys.executable, "-m", "coverage", *report], check=False)
    print(f"line by line: {COVERAGE / 'html/index.html'}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
