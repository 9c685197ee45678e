"""Fixtures for tests that need a host, a learner and a moment."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache

from tests import school as schools
from tests.messages import batch, opened
from tests.school import School
from tracking.capture import ingest
from tracking.events import EventSource, Purpose
from tracking.privacy import consent

NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)
"""A Wednesday noon."""


@pytest.fixture
def now() -> datetime:
    """The moment that tests pass in."""
    return NOW


@pytest.fixture
def school(settings: Any) -> Iterator[School]:
    """An empty host that answers ``tracking``."""
    settings.TRACKING = {"ADAPTER": "tests.school.Adapter"}
    cache.clear()
    schools.the_school.outlines.clear()
    schools.the_school.enrolled.clear()
    yield schools.the_school
    cache.clear()


@pytest.fixture
def make_learner(db: None, django_user_model: Any) -> Callable[..., Any]:
    """Make a user who shares everything unless ``purposes`` says otherwise."""

    def make(username: str = "lena", purposes: Any = tuple(Purpose)) -> Any:
        user = django_user_model.objects.create_user(username)
        if purposes:
            consent.grant(user.pk, purposes, source="test")
        cache.clear()
        return user

    return make


@pytest.fixture
def learner(make_learner: Callable[..., Any]) -> Any:
    """A learner who shares everything."""
    return make_learner()


@pytest.fixture
def send(school: School) -> Callable[..., ingest.IngestResult]:
    """Send a body to the intake as a browser would."""

    def send_body(learner: Any, body: bytes, *, received_at: datetime = NOW) -> ingest.IngestResult:
        sender = ingest.Sender(
            learner_id=learner.pk,
            received_at=received_at,
            source=EventSource.BROWSER,
            find_unit=schools.Adapter().unit_of_path,
            oldest_days=7,
        )
        return ingest.ingest_batch(body, sender)

    return send_body


@pytest.fixture
def send_online(send: Callable[..., ingest.IngestResult]) -> Callable[..., None]:
    """Send events as a browser that is online does: each when it happens, and the opening of its view before it."""

    def send_each(learner: Any, *given: dict[str, Any]) -> None:
        for event in given:
            at = datetime.fromtimestamp(event["at"] / 1000, tz=UTC)
            began = at - timedelta(milliseconds=event["p"].get("elapsed", 0))
            view = uuid.UUID(event["view"])
            while began < at:
                opening = opened(began, event["unit"], course=event["course"], view=view)
                send(learner, batch(opening, sent_at=began), received_at=began)
                began += timedelta(minutes=20)
            send(learner, batch(event, sent_at=at), received_at=at)

    return send_each
