"""A process that is killed in the middle of an import, on a database of its own, and the command repeated."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

ROWS = 300
LOG = "learner,course,unit,kind,at\n" + "lena,c,lesson:m/a,unit.accessed,2026-03-01\n" * ROWS

SET_UP = """
from datetime import date
from django.contrib.auth.models import User
from django.utils import timezone
from courses.models import Course, Lesson, Module
from tracking.rollups.engine import outline_refresh
User.objects.create_user("lena")
days = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 6, 30)}
course = Course.objects.create(slug="c", title="C", summary="s", **days)
module = Module.objects.create(course=course, slug="m", title="M", position=1)
Lesson.objects.create(module=module, slug="a", title="A", position=1, expected_minutes=5)
outline_refresh.refresh_outline("c", now=timezone.now())
"""

IMPORT = """
import os, signal, sys
import django
django.setup()
from django.core.management import call_command
from tracking.capture.importing import import_runs
advance, begun = import_runs._advance, []
def advance_or_die(*arguments, **options):
    begun.append(1)
    if len(begun) == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
    advance(*arguments, **options)
import_runs._advance = advance_or_die
call_command("tracking_import", sys.argv[1], "--format", "csv", "--batch", "50")
"""


@pytest.fixture
def platform(tmp_path: Path, django_db_setup: None):
    """Run Python on a platform with one learner and one lesson, all in the test's own folder.

    Its database is a copy of the tests', which are run here on SQLite: to migrate another takes ten times as long.
    """
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
    }

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=settings.BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    with (
        closing(sqlite3.connect(connection.settings_dict["NAME"])) as tested,
        closing(sqlite3.connect(tmp_path / "db.sqlite3")) as copy,
    ):
        tested.backup(copy)
    done = run("manage.py", "shell", "-v0", "-c", SET_UP)
    assert done.returncode == 0, done.stderr
    return run


@pytest.mark.once
def test_a_killed_import_goes_on_after_its_last_batch_and_loses_and_doubles_nothing(platform, tmp_path):
    log = tmp_path / "log.csv"
    log.write_text(LOG)
    assert platform("-c", IMPORT, str(log), "4").returncode == -signal.SIGKILL
    assert stored(tmp_path) == 150
    said = platform("-c", IMPORT, str(log), "0").stdout
    assert "Resumed after row 150" in said
    assert "300 rows read: 300 stored, 0 already stored" in said
    assert stored(tmp_path) == ROWS


def stored(folder: Path) -> int:
    database = sqlite3.connect(folder / "db.sqlite3")
    try:
        return int(database.execute("SELECT count(*) FROM tracking_event").fetchone()[0])
    finally:
        database.close()
