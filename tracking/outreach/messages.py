"""Sending a learner a message about a finding, and showing it to them; to nobody who has not said yes to messages."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import OuterRef, Subquery

from tracking import lms
from tracking.events import LearnerId, Purpose
from tracking.exceptions import ActionNotAllowed
from tracking.findings import actions, explanations
from tracking.findings.actions import ActionSubject, Actor
from tracking.models import Finding, Nudge, OutlineUnit
from tracking.privacy import consent

AT_MOST_EVERY = timedelta(days=1)
"""Between two messages to one learner about one course: more of them are read less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as its learner reads it."""

    nudge_id: int
    sender_name: str
    """Empty where the sender's account is gone."""
    text: str
    unit_title: str
    url: str
    sent_at: datetime


def learners_accepting_messages(learner_ids: Collection[LearnerId], course_key: str) -> set[LearnerId]:
    """Return those of ``learner_ids`` who want messages. One query."""
    return consent.learners_covered(learner_ids, Purpose.NUDGES, course_key=course_key)


def send_message(
    place: ActionSubject, actor: Actor, *, finding: Finding | None = None, text: str = "", now: datetime
) -> Nudge:
    """Send a message to a learner about a place in a course, and return it; undo its action to take it back.

    Without ``text`` it says what the learner's own page says of ``finding``. Raises ``ActionNotAllowed`` where the
    learner does not want messages, had one within a day, or there is nothing to say.
    """
    if not consent.covers(place.learner_id, Purpose.NUDGES, course_key=place.course_key):
        raise ActionNotAllowed("The learner has not agreed to messages.")
    said = text.strip() or _words_of(finding)
    if not said:
        raise ActionNotAllowed("The message is empty.")
    with transaction.atomic():
        # Two instructors who press the button at once send one message.
        get_user_model()._default_manager.select_for_update().get(pk=place.learner_id)
        recent = Nudge.objects.filter(
            learner_id=place.learner_id,
            course_key=place.course_key,
            sent_at__gt=now - AT_MOST_EVERY,
            action__undone_by__isnull=True,
        )
        if recent.exists():
            raise ActionNotAllowed("The learner already received a message in the last 24 hours.")
        action = actions.record_nudge(place, actor, finding=finding, text=said, now=now)
        nudge = Nudge(action=action, learner_id=place.learner_id, course_key=place.course_key, sent_at=now)
        nudge.save(force_insert=True)
        return nudge


def open_messages(learner_id: LearnerId, course_key: str) -> tuple[Message, ...]:
    """Return the messages that the learner has not closed, newest first. One query, and another for the answers."""
    if not consent.covers(learner_id, Purpose.NUDGES, course_key=course_key):
        return ()
    unit = OutlineUnit.objects.filter(course_key=course_key, unit_key=OuterRef("action__unit_key"))
    nudges = (
        Nudge.objects.filter(
            learner_id=learner_id, course_key=course_key, closed_at=None, action__undone_by__isnull=True
        )
        .select_related("action__actor")
        .annotate(unit_title=Subquery(unit.values("title")[:1]), unit_url=Subquery(unit.values("url")[:1]))
        .order_by("-sent_at")
    )
    return tuple(map(_message, nudges))


def close_message(nudge_id: int, learner_id: LearnerId, *, now: datetime) -> bool:
    """Put a message away; return whether it was the learner's and open."""
    return bool(
        Nudge.objects.filter(pk=nudge_id, learner_id=learner_id, closed_at=None).update(closed_at=now)
    )


def _words_of(finding: Finding | None) -> str:
    if finding is None:
        return ""
    units = OutlineUnit.objects.filter(course_key=finding.course_key)
    titles = dict(units.values_list("unit_key", "title"))
    return explanations.explain_to_learner(finding, titles)


def _message(nudge: Any) -> Message:
    sender: Any = nudge.action.actor
    return Message(
        nudge_id=nudge.pk,
        sender_name=lms.get_adapter().display_name(sender) if sender is not None else "",
        text=nudge.action.text,
        unit_title=nudge.unit_title or "",
        url=nudge.unit_url or "",
        sent_at=nudge.sent_at,
    )
