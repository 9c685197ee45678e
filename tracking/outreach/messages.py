"""Send learners messages about findings and show them, only with the learner's consent to messages."""

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

MIN_INTERVAL = timedelta(days=1)
"""Between two messages to one learner about one course: more frequent messages are read less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as the learner sees it."""

    nudge_id: int
    sender_name: str
    """Empty if the sender's account was deleted."""
    text: str
    unit_title: str
    url: str
    sent_at: datetime


def learners_accepting_messages(learner_ids: Collection[LearnerId], course_key: str) -> set[LearnerId]:
    """Return those of ``learner_ids`` who consent to messages. One query."""
    return consent.learners_covered(learner_ids, Purpose.NUDGES, course_key=course_key)


def send_message(
    subject: ActionSubject, actor: Actor, *, finding: Finding | None = None, text: str = "", now: datetime
) -> Nudge:
    """Send a message to a learner about a course or one of its units, and return it.

    ``text`` defaults to the explanation of ``finding`` on the learner's own page. Undo the action to withdraw the
    message. Raises ``ActionNotAllowed`` if the learner has not agreed to messages, received one within
    ``MIN_INTERVAL``, or the text is empty. Locks the learner's user row.
    """
    if not consent.covers(subject.learner_id, Purpose.NUDGES, course_key=subject.course_key):
        raise ActionNotAllowed("The learner has not agreed to messages.")
    body = text.strip() or _default_text(finding)
    if not body:
        raise ActionNotAllowed("The message is empty.")
    with transaction.atomic():
        # Lock the learner: without it, two instructors who press the button at once would both find no recent message.
        get_user_model()._default_manager.select_for_update().get(pk=subject.learner_id)
        recent = Nudge.objects.filter(
            learner_id=subject.learner_id,
            course_key=subject.course_key,
            sent_at__gt=now - MIN_INTERVAL,
            action__undone_by__isnull=True,
        )
        if recent.exists():
            raise ActionNotAllowed("The learner already received a message in the last 24 hours.")
        action = actions.record_nudge(subject, actor, finding=finding, text=body, now=now)
        nudge = Nudge(
            action=action, learner_id=subject.learner_id, course_key=subject.course_key, sent_at=now
        )
        nudge.save(force_insert=True)
        return nudge


def open_messages(learner_id: LearnerId, course_key: str) -> tuple[Message, ...]:
    """Return the messages that the learner has not closed, newest first; none without consent.

    One query, and one for the consent.
    """
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
    """Close a message; return whether it was open and belongs to this learner."""
    return bool(
        Nudge.objects.filter(pk=nudge_id, learner_id=learner_id, closed_at=None).update(closed_at=now)
    )


def _default_text(finding: Finding | None) -> str:
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
