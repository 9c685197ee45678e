"""Factories for stored events and attempts. They need the extra ``testing`` and bypass the adapter and consent.

Each row marks its learner's day or course as changed, as a recorded one does: ``manage.py tracking_rollup --once``, or
``call_command``, then brings it onto the pages.
"""

from __future__ import annotations

import uuid
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from tracking import events
from tracking.capture import changes, event_store
from tracking.capture.event_store import NewEvent
from tracking.events import EventSource
from tracking.models import Answer, Attempt, Event


class EventFactory(DjangoModelFactory[Event]):
    """An event, by default ``page.opened``. Give ``learner``, ``course_key`` and ``unit_key``."""

    class Meta:
        model = Event

    id = factory.LazyFunction(uuid.uuid4)
    kind = events.PAGE_OPENED
    source = EventSource.BROWSER
    happened_at = factory.LazyFunction(timezone.now)
    received_at = factory.SelfAttribute("happened_at")
    view_id = factory.SelfAttribute("id")

    @classmethod
    def _create(cls, model_class: type[Event], *args: Any, **kwargs: Any) -> Event:
        event = model_class(**kwargs)
        fields = {name: getattr(event, name) for name in NewEvent.__struct_fields__}
        event_store.write_events([NewEvent(**fields)])
        return event


class AttemptFactory(DjangoModelFactory[Attempt]):
    """An attempt, by default submitted and worth 8 of 10. Give ``learner``, ``course_key`` and ``unit_key``."""

    class Meta:
        model = Attempt

    source_label = "tests.Attempt"
    source_key = factory.Sequence(str)
    started_at = factory.LazyFunction(timezone.now)
    submitted_at = factory.SelfAttribute("started_at")
    score = 8
    max_score = 10

    @classmethod
    def _create(cls, model_class: type[Attempt], *args: Any, **kwargs: Any) -> Attempt:
        attempt: Attempt = super()._create(model_class, *args, **kwargs)
        changes.mark_learner_changed(learner_id=attempt.learner_id, course_key=attempt.course_key)
        return attempt


class AnswerFactory(DjangoModelFactory[Answer]):
    """A right answer in the stored ``attempt``, which you give."""

    class Meta:
        model = Answer

    question_key = factory.Sequence(lambda number: f"question {number}")
    is_correct = True
