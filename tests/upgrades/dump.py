"""Write a dump of a small simulated class for the upgrade tests: ``python -m tests.upgrades.dump``.

Run it once for each release, with the migrations of that release. The version in pyproject.toml names the file.
"""

import gzip
import os
import sqlite3
import sys
import tomllib
from pathlib import Path

import django

HERE = Path(__file__).parent
COURSE = "learning-to-learn"
LEARNERS = 6
MAX_BYTES = 400_000


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    _simulate_class()
    project = tomllib.loads((HERE.parents[1] / "pyproject.toml").read_text())["project"]
    path = HERE / f"{project['version']}.sql.gz"
    # Without a date the same class gives the same file.
    packed = gzip.compress(_read_sql().encode(), mtime=0)
    if len(packed) > MAX_BYTES:
        sys.exit(
            f"{path.name} would have {len(packed):,} bytes, more than {MAX_BYTES:,}. Simulate fewer learners."
        )
    path.write_bytes(packed)
    sys.stdout.write(f"{path}: {len(packed):,} bytes\n")


def _simulate_class() -> None:
    """Fill the empty database of ``tests.settings``, which lies in a folder of this process."""
    from django.core.management import call_command  # noqa: PLC0415  Django has its settings only now.

    from courses.models import Course  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("load_courses")
    Course.objects.exclude(slug=COURSE).delete()
    call_command("simulate", course=COURSE, learners=LEARNERS, seed="1")


def _read_sql() -> str:
    from django.db import connection  # noqa: PLC0415

    if connection.vendor != "sqlite":
        sys.exit("The dump is made from SQLite. Unset TRACKING_TEST_DATABASE_URL.")
    connection.ensure_connection()
    database: sqlite3.Connection = connection.connection
    return "\n".join(database.iterdump())


if __name__ == "__main__":
    main()
