"""A database of each release still works after the migrations of this one."""

import gzip
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from courses.models import Course
from tests.upgrades.dump import COURSE, HERE, LEARNERS
from tracking.models import CourseOutline, LearnerUnit, PendingChange

DUMPS: list[Any] = sorted(HERE.glob("*.sql.gz"))
NO_DUMP = pytest.mark.skip(
    reason="There is no dump of a release yet: python -m tests.upgrades.dump writes one."
)

pytestmark = pytest.mark.once  # The dumps are of SQLite.


@pytest.fixture(
    params=DUMPS or [pytest.param(None, marks=NO_DUMP)], ids=lambda dump: dump.stem if dump else "none"
)
def upgraded(request, tmp_path, django_db_setup, django_db_blocker):
    """Let Django use the database of a release, after the migrations of this one."""
    name = connection.settings_dict["NAME"]
    database = _load(request.param, tmp_path / "release.sqlite3")
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict["NAME"] = str(database)
        try:
            _forget_rows()
            call_command("migrate", verbosity=0)
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = name
            _forget_rows()


def test_the_class_page_shows_every_learner(upgraded):
    teacher = User.objects.create_user("teacher")
    Course.objects.get(slug=COURSE).instructors.add(teacher)
    browser = Client()
    browser.force_login(teacher)

    page = browser.get(reverse("tracking:class", args=[COURSE])).content.decode()

    learners = User.objects.filter(enrolments__course__slug=COURSE)
    assert len(learners) == LEARNERS
    assert [each.get_full_name() for each in learners if each.get_full_name() not in page] == []


def test_a_rebuild_gives_the_states_that_the_release_had(upgraded):
    before = _states()

    # Some states depend on the day, such as those of a course that has ended.
    with time_machine.travel(CourseOutline.objects.get(course_key=COURSE).rolled_up_at):
        call_command("tracking_rollup", rebuild=True, verbosity=0)

    assert before
    assert _states() == before
    assert not PendingChange.objects.exists()


def _load(dump: Path, path: Path) -> Path:
    database = sqlite3.connect(path)
    database.executescript(gzip.decompress(dump.read_bytes()).decode())
    database.close()
    return path


def _forget_rows() -> None:
    cache.clear()
    ContentType.objects.clear_cache()


def _states() -> dict[tuple[int, str], str]:
    rows = LearnerUnit.objects.values_list("learner_id", "unit_key", "state")
    return {(learner_id, unit_key): state for learner_id, unit_key, state in rows}
