"""Rows as the roll-ups leave them, for tests of what reads them. Each call sets only what the test is about."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import factory
from django.contrib.auth.models import User
from factory.django import DjangoModelFactory

from tracking import events, models
from tracking.events import EventSource, UnitKind

COURSE = "reading-data"
AT = datetime(2026, 3, 11, 12, tzinfo=UTC)


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    username = factory.Sequence(lambda number: f"person{number}")
    first_name = "Lena"
    last_name = factory.Sequence(lambda number: f"Lind {number}")


class CourseOutlineFactory(DjangoModelFactory[models.CourseOutline]):
    class Meta:
        model = models.CourseOutline

    course_key = COURSE
    title = "Reading data"
    rolled_up_at = AT


class OutlineUnitFactory(DjangoModelFactory[models.OutlineUnit]):
    class Meta:
        model = models.OutlineUnit

    course_key = COURSE
    unit_key = factory.Sequence(lambda number: f"unit/{number}")
    kind = UnitKind.LESSON
    title = factory.LazyAttribute(lambda unit: f"Title of {unit.unit_key}")
    position = factory.Sequence(lambda number: number)
    url = factory.LazyAttribute(lambda unit: f"/courses/{unit.course_key}/{unit.unit_key}/")


class EnrolmentFactory(DjangoModelFactory[models.Enrolment]):
    class Meta:
        model = models.Enrolment

    learner = factory.SubFactory(UserFactory)
    course_key = COURSE


class LearnerCourseFactory(DjangoModelFactory[models.LearnerCourse]):
    class Meta:
        model = models.LearnerCourse

    course_key = COURSE


class LearnerUnitFactory(DjangoModelFactory[models.LearnerUnit]):
    class Meta:
        model = models.LearnerUnit

    course_key = COURSE
    state = models.UnitState.COMPLETED


class LearnerCourseDayFactory(DjangoModelFactory[models.LearnerCourseDay]):
    class Meta:
        model = models.LearnerCourseDay

    course_key = COURSE
    day = AT.date()
    last_at = AT


class UnitStatsFactory(DjangoModelFactory[models.UnitStats]):
    class Meta:
        model = models.UnitStats

    course_key = COURSE


class FindingFactory(DjangoModelFactory[models.Finding]):
    class Meta:
        model = models.Finding

    course_key = COURSE
    reason = "inactive"
    weight = 0.5
    evidence = factory.LazyFunction(lambda: {"days": 9})


class EventFactory(DjangoModelFactory[models.Event]):
    class Meta:
        model = models.Event

    id = factory.LazyFunction(uuid.uuid4)
    course_key = COURSE
    unit_key = "m/mean"
    kind = "page.opened"
    is_detail = factory.LazyAttribute(lambda event: events.is_detail(event.kind))
    source = EventSource.BROWSER
    happened_at = AT


class AttemptFactory(DjangoModelFactory[models.Attempt]):
    class Meta:
        model = models.Attempt

    source_label = "tests.Attempt"
    source_key = factory.Sequence(str)
    course_key = COURSE
    started_at = AT
    submitted_at = AT
    max_score = 10


def share_engagement(learner: Any) -> None:
    """Let ``learner`` say yes to the recording of how they work."""
    models.Consent.objects.create(learner=learner, purpose="engagement", is_granted=True, source="test")
