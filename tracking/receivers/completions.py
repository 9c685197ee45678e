"""Records completions from the models that the adapter's completion map names."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.db.models.signals import post_save

from tracking import lms
from tracking.capture import ingest
from tracking.events import UNIT_COMPLETED
from tracking.hooks.boundary import guarded
from tracking.lms import Adapter
from tracking.models import Event
from tracking.receivers.subscriptions import Subscriptions, with_subclasses


def connect_completions(to: Subscriptions, adapter: Adapter) -> None:
    """Listen to every model of the completion map."""
    for model, _, _ in adapter.completion_entries.items():
        for sender in with_subclasses(model):
            to.add(post_save, completion_saved, sender=sender)


def completion_saved(instance: Model, *, raw: bool = False, **_: Any) -> None:
    """Record that learners completed a unit, if that is not recorded yet: hosts save progress rows many times."""
    with guarded("Recording a completion of the host"):
        for completion in [] if raw else lms.get_adapter().completion_records(instance):
            known = Event.objects.filter(
                learner_id=completion.learner_id,
                course_key=completion.unit.course_key,
                unit_key=completion.unit.unit_key,
                kind=UNIT_COMPLETED,
            )
            if not known.exists():
                ingest.ingest_host_event(
                    completion.learner_id, UNIT_COMPLETED, completion.unit, at=completion.completed_at
                )
