"""A course with a learner and an instructor, and a browser logged in as either."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from tests import factories
from tests.dashboards.every_page import everything, show

__all__ = ["everything", "show"]


@pytest.fixture(autouse=True)
def host(settings: Any) -> Iterator[None]:
    settings.TRACKING = {"ADAPTER": "tests.dashboards.faculty.Adapter"}
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def course(db: None) -> Any:
    """A course with one module of a lesson and a quiz."""
    outline = factories.CourseOutlineFactory.create()
    factories.OutlineUnitFactory.create(
        unit_key="m", kind="module", title="Middles and spreads", url="", position=0
    )
    factories.OutlineUnitFactory.create(unit_key="m/mean", parent_key="m", title="The mean", position=1)
    factories.OutlineUnitFactory.create(
        unit_key="m/check", parent_key="m", kind="quiz", title="A check", position=2
    )
    return outline


@pytest.fixture
def lena(course: Any) -> User:
    """A learner of the course who shares how she works."""
    lena = factories.UserFactory.create(username="lena", first_name="Lena", last_name="Lind")
    factories.EnrolmentFactory.create(learner=lena)
    factories.share_engagement(lena)
    return lena


@pytest.fixture
def ines(db: None) -> User:
    """An instructor of the course."""
    return factories.UserFactory.create(username="ines", first_name="Ines", last_name="Ito")


@pytest.fixture
def class_of_six(course: Any) -> list[User]:
    """Six learners: Ada is done, Bo was away, Cy never came, Di shares nothing, Ed and Flo are on their way."""
    now = timezone.now()
    people = [
        factories.UserFactory.create(first_name=name, last_name="Doe")
        for name in ("Ada", "Bo", "Cy", "Di", "Ed", "Flo")
    ]
    for index, person in enumerate(people):
        group = "Evening" if index % 2 else "Morning"
        factories.EnrolmentFactory.create(learner=person, group_key=group[0], group_title=group)
        if person.first_name != "Di":
            factories.share_engagement(person)
    ada, bo, cy, di, ed, flo = people
    numbers: dict[User, dict[str, Any]] = {
        ada: {"completed_count": 2, "active_ms": 5_400_000, "last_at": now},
        bo: {
            "completed_count": 1,
            "active_ms": 600_000,
            "skipped_count": 1,
            "last_at": now - timedelta(days=9),
        },
        di: {"completed_count": 1, "last_at": now},
        ed: {"active_ms": 60_000, "last_at": now - timedelta(days=2)},
        flo: {
            "active_ms": 1_200_000,
            "attempt_count": 3,
            "failed_count": 1,
            "last_at": now - timedelta(days=3),
        },
    }
    for person, row in numbers.items():
        factories.LearnerCourseFactory.create(learner=person, required_count=2, **row)
        factories.LearnerCourseDayFactory.create(learner=person, day=timezone.localdate(row["last_at"]))
    factories.FindingFactory.create(learner=bo, reason="inactive", evidence={"days": 9}, weight=0.6)
    factories.FindingFactory.create(learner=cy, reason="never_started", evidence={"days": 30}, weight=0.9)
    factories.FindingFactory.create(
        unit_key="m/mean", reason="often_skipped", evidence={"skipped_count": 4, "passed_by_count": 10}
    )
    factories.FindingFactory.create(
        unit_key="m/mean",
        reason="hard_lesson",
        weight=0.4,
        evidence={"correct_count": 2, "answered_count": 8},
    )
    factories.UnitStatsFactory.create(
        unit_key="m/mean",
        learner_count=6,
        reached_count=4,
        skipped_count=1,
        timed_count=5,
        median_active_ms=410_000,
    )
    factories.UnitStatsFactory.create(
        unit_key="m/check",
        learner_count=6,
        reached_count=3,
        attempted_count=3,
        first_decided_count=3,
        first_passed_count=1,
        decided_count=3,
        passed_count=2,
    )
    return people


@pytest.fixture
def as_(db: None) -> Callable[[User], Client]:
    """A browser in which somebody is logged in."""

    def log_in(person: User) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return log_in
