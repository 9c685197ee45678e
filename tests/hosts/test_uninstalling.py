import os
import sqlite3
import subprocess
import sys

import pytest

from tests.servers import addresses

TEACH = """
from tests.hosts.academy.models import Course, Member, Topic
course = Course.objects.create(slug="physics")
course.students.add(Member.objects.create_user("ida"))
Topic.objects.create(course=course, title="Waves")
"""
LEARN = """
from tests.hosts.academy.models import Member, Sitting, Topic
from tracking import events, hooks, jobs
from tracking.models import Attempt, Event
from tracking.privacy import consent
from django.utils import timezone
ida, topic = Member.objects.get(), Topic.objects.get()
consent.grant(ida.pk, tuple(events.Purpose), source="test")
Sitting.objects.create(topic=topic, member=ida, points=7, complete=True).delete()
hooks.record_event(ida, events.UNIT_COMPLETED, course_key="physics", unit_key=f"module:{topic.pk}")
jobs.refresh_outlines(now=timezone.now())
jobs.roll_up(now=timezone.now())
assert (Attempt.objects.count(), Event.objects.count()) == (1, 1)
"""


@pytest.fixture
def manage(tmp_path):
    def run(settings, *arguments):
        names = {
            "DJANGO_SETTINGS_MODULE": f"tests.hosts.academy.{settings}",
            addresses.DATABASE: f"sqlite:///{tmp_path}/host.sqlite3",
        }
        command = [sys.executable, "-W", "error", "-m", "django", *arguments]
        done = subprocess.run(
            command, env={**os.environ, **names}, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    return run


@pytest.fixture
def dump(tmp_path):
    """Return every table and row; not the last number that a table gave, which SQLite keeps when rows go.

    Nor that there is a table of migrations: this host has no other.
    """
    left_out = ("sqlite_sequence", 'CREATE TABLE "django_migrations"')

    def dumped():
        with sqlite3.connect(tmp_path / "host.sqlite3") as database:
            return sorted(line for line in database.iterdump() if not any(word in line for word in left_out))

    return dumped


@pytest.mark.once
@pytest.mark.timeout(300)
def test_uninstalling_leaves_the_tables_and_rows_of_the_host_as_they_were(manage, dump):
    manage("without_tracking", "migrate", "--run-syncdb", "-v0")
    manage("without_tracking", "shell", "-c", TEACH)
    before = dump()

    manage("settings", "migrate", "-v0")
    manage("settings", "shell", "-c", LEARN)
    manage("settings", "migrate", "tracking", "zero", "-v0")
    manage("without_tracking", "migrate", "-v0")

    assert dump() == before
