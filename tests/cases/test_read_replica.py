"""Reads are routed to a replica that lags behind, as in the example of Django's documentation."""

import contextlib
import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections

from tests.cases import figures
from tracking import jobs
from tracking.capture import attempts
from tracking.lms.values import AttemptRecord, UnitRef
from tracking.models import LearnerCourse, PendingChange

REPLICA = "replica"
ENOUGH = 600
"""More queries than the jobs need for a learner of one quiz."""


class Router:
    """The router of Django's documentation: reads go to the replica."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return REPLICA

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return "default"

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True


class Replica:
    """A second connection whose one long transaction sees the database as it was when ``follow`` was called last."""

    def follow(self) -> None:
        self.close()
        # pytest-django allows no other way to open an alias that did not exist when the test began.
        connections[REPLICA].connect()
        begin = "BEGIN" if connection.vendor == "sqlite" else "BEGIN ISOLATION LEVEL REPEATABLE READ"
        with connections[REPLICA].cursor() as cursor:
            cursor.execute(begin)
            cursor.execute("SELECT 1 FROM tracking_courseoutline")

    def close(self) -> None:
        connections[REPLICA].close()


@pytest.fixture
def replica(transactional_db):
    connections.settings[REPLICA] = dict(connections.settings["default"])
    replica = Replica()
    yield replica
    replica.close()
    del connections[REPLICA], connections.settings[REPLICA]


@pytest.fixture
def lagging(school, learner, now, replica, settings):
    """Reads go to a replica that shows the first of two attempts."""
    school.course("c", quizzes=["q"])
    school.enrol(learner, "c")
    figures.update(now=now)
    submit(learner, "1", now)
    replica.follow()
    submit(learner, "2", now)
    settings.DATABASE_ROUTERS = [f"{__name__}.Router"]
    return replica


def roll_up(now):
    """Let the jobs run; fail if they go on without end."""
    numbers = itertools.count(1)

    def counted(execute: Any, *statement: Any) -> Any:
        if next(numbers) > ENOUGH:
            # No Exception, which the jobs would catch in order to go on.
            pytest.fail(f"The jobs did not end within {ENOUGH} queries.")
        return execute(*statement)

    with connection.execute_wrapper(counted), connections[REPLICA].execute_wrapper(counted):
        jobs.roll_up(now=now)


def test_the_jobs_end_while_a_replica_lags(lagging, now):
    roll_up(now)


def test_what_a_replica_does_not_show_yet_is_counted_once_it_does(lagging, now, settings):
    with contextlib.suppress(pytest.fail.Exception):
        roll_up(now)
    lagging.follow()
    roll_up(now + timedelta(minutes=10))
    settings.DATABASE_ROUTERS = []
    assert list(LearnerCourse.objects.values_list("attempt_count", flat=True)) == [2]
    assert not PendingChange.objects.exists()


def submit(learner, key, now):
    attempts.store_attempt(
        AttemptRecord(
            source_label="quiz.Sitting",
            source_key=key,
            learner_id=learner.pk,
            unit=UnitRef(course_key="c", unit_key="q"),
            started_at=now,
            submitted_at=now,
            score=7,
            max_score=10,
            is_passed=True,
        )
    )
