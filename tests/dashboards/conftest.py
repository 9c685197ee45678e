"""A course with a learner and an instructor, and a browser logged in as either."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from tests import factories


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
def as_(db: None) -> Callable[[User], Client]:
    """A browser in which somebody is logged in."""

    def log_in(person: User) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return log_in
