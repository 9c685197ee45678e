"""What learners and instructors do about findings and learners, each recorded with who, when and why, each undoable.

The caller has checked that the actor may act. An action is in effect until it is undone; rows are never changed or
deleted. A finding that an instructor dismisses stays on the learner's page, and the other way round.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from tracking import signals
from tracking.capture import changes
from tracking.events import LearnerId
from tracking.exceptions import ActionNotAllowed
from tracking.findings import rules, triage
from tracking.models import (
    Action,
    ActionKind,
    Audience,
    DismissReason,
    Enrolment,
    Finding,
    OutlineUnit,
)

PUT_AWAY = (ActionKind.SNOOZED, ActionKind.DISMISSED)
"""What may be done to all findings about a learner at one press."""

MAX_TEXT_LENGTH = 1000
"""Letters of a note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts, and as whom: an instructor may be a learner elsewhere."""

    user_id: Any
    audience: Audience


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionSubject:
    """A learner in a course, and the unit that an action is about where there is one."""

    learner_id: LearnerId
    course_key: str
    unit_key: str = ""


def mark_seen(finding_ids: Collection[int], actor: Actor, *, now: datetime) -> int:
    """Record the first time that the actor's side has these findings before it; return how many were new to it."""
    with transaction.atomic():
        seen = Action.objects.filter(
            finding__in=finding_ids, kind=ActionKind.SEEN, audience=actor.audience, undone_by__isnull=True
        )
        shown = Finding.objects.open().filter(pk__in=finding_ids).exclude(pk__in=seen.values("finding"))
        fresh = list(shown.select_for_update().order_by("pk"))
        for finding in fresh:
            _act_on(finding, actor, ActionKind.SEEN, now=now)
    return len(fresh)


def snooze(finding: Finding, actor: Actor, *, until: datetime, text: str = "", now: datetime) -> Action:
    """Keep ``finding`` out of the lists of the actor's side until then, or until it gets materially worse.

    Raises ``ActionNotAllowed`` where that moment is past, or the finding is cleared.
    """
    if until <= now:
        raise ActionNotAllowed(f"{until.isoformat()} is in the past. Choose a later time.")
    return _act_on(finding, actor, ActionKind.SNOOZED, now=now, snoozed_until=until, text=text)


def dismiss(
    finding: Finding, actor: Actor, *, reason: DismissReason, text: str = "", now: datetime
) -> Action:
    """Keep ``finding`` out of the lists of the actor's side for good, unless it gets materially worse.

    Raises ``ActionNotAllowed`` where the finding is cleared.
    """
    return _act_on(
        finding, actor, ActionKind.DISMISSED, now=now, dismiss_reason=DismissReason(reason), text=text
    )


def rate(finding: Finding, actor: Actor, *, is_useful: bool, text: str = "", now: datetime) -> Action:
    """Record whether the actor finds ``finding`` useful; their last word counts, also when it is cleared."""
    kind = ActionKind.USEFUL if is_useful else ActionKind.NOT_USEFUL
    return _act_on(finding, actor, kind, now=now, text=text)


def excuse(place: ActionSubject, actor: Actor, *, text: str = "", now: datetime) -> Action:
    """Excuse a learner from a unit: its state becomes *excused*, and it leaves every denominator.

    Raises ``ActionNotAllowed`` where the unit is not in the outline, the learner not enrolled, or excused already.
    """
    _require_unit(place)
    _require_enrolled(place)
    with transaction.atomic():
        if _standing(place, ActionKind.EXCUSED).exists():
            raise ActionNotAllowed(f"The learner is already excused from {place.unit_key!r}.")
        return _act_at(place, actor, ActionKind.EXCUSED, now=now, text=text)


def add_note(place: ActionSubject, actor: Actor, *, text: str, now: datetime) -> Action:
    """Keep a note about a learner, or about one unit of theirs, for the instructors of the course.

    The learner may ask to read it: it belongs to what is recorded about them. Raises ``ActionNotAllowed`` where it is
    empty or longer than 1000 letters, or the learner is not enrolled.
    """
    if not text.strip():
        raise ActionNotAllowed("The note is empty.")
    _require_enrolled(place)
    return _act_at(place, actor, ActionKind.NOTED, now=now, text=text)


def assign_review(place: ActionSubject, actor: Actor, *, text: str = "", now: datetime) -> Action:
    """Ask a learner to go back to a unit. It stands on their page as coming from the instructor until they did.

    Raises ``ActionNotAllowed`` where the unit is not in the outline, the learner not enrolled, or a review is open.
    """
    _require_unit(place)
    _require_enrolled(place)
    with transaction.atomic():
        if Finding.objects.open().filter(**_at(place), reason__in=rules.REQUESTED).exists():
            raise ActionNotAllowed(f"A review of {place.unit_key!r} is already assigned.")
        return _act_at(place, actor, ActionKind.REVIEW_ASSIGNED, now=now, text=text)


def record_nudge(
    place: ActionSubject, actor: Actor, *, finding: Finding | None, text: str, now: datetime
) -> Action:
    """Record that the learner was sent ``text``, about ``finding`` where one is named; ``nudges`` shows it to them.

    Raises ``ActionNotAllowed`` where the learner is not enrolled.
    """
    _require_enrolled(place)
    with transaction.atomic():
        action = Action(
            kind=ActionKind.NUDGED,
            audience=actor.audience,
            actor_id=actor.user_id,
            happened_at=now,
            text=text,
            **_at(place),
        )
        action.finding = finding
        return _record(action)


def undo(action: Action, actor: Actor, *, text: str = "", now: datetime) -> Action:
    """Undo ``action``: everything is as if it had not been done, and both stay on record.

    What was done by the same press of a button, about other findings of the same learner, is undone with it. Raises
    ``ActionNotAllowed`` if it was already undone, or if a rule and not a person did it.
    """
    if action.audience == "" or action.kind == ActionKind.UNDONE:
        raise ActionNotAllowed(f"{action.get_kind_display()!r} cannot be undone.")
    with transaction.atomic():
        locked = Action.objects.select_for_update().get(pk=action.pk)
        if Action.objects.filter(undoes=locked).exists():
            raise ActionNotAllowed("The action was already undone.")
        undone = _undo_one(locked, actor, text=text, now=now)
        for companion in _companions(locked):
            _undo_one(companion, actor, text=text, now=now)
        return undone


def _companions(action: Action) -> QuerySet[Action]:
    """Return what was done with ``action`` at one press: the same to other findings of the learner at that moment."""
    if action.kind not in PUT_AWAY or action.learner_id is None:
        return Action.objects.none()
    same = Action.objects.filter(
        kind=action.kind,
        audience=action.audience,
        actor_id=action.actor_id,
        learner_id=action.learner_id,
        course_key=action.course_key,
        happened_at=action.happened_at,
        undone_by__isnull=True,
    )
    return same.exclude(finding=action.finding).order_by("pk")


def _undo_one(action: Action, actor: Actor, *, text: str, now: datetime) -> Action:
    undone = _record(
        Action(
            kind=ActionKind.UNDONE,
            audience=actor.audience,
            actor_id=actor.user_id,
            learner_id=action.learner_id,
            course_key=action.course_key,
            unit_key=action.unit_key,
            finding_id=action.finding_id,
            happened_at=now,
            text=text,
            undoes=action,
        )
    )
    if action.finding is not None:
        triage.derive_triage(action.finding, Audience(action.audience))
    return undone


def action_history(*, course_key: str, learner_id: LearnerId | None = None) -> Iterable[Action]:
    """Return all that was done about a learner in a course, or with ``None`` about its class, newest first."""
    found = Action.objects.filter(course_key=course_key, learner_id=learner_id)
    return found.select_related("actor", "finding", "undone_by").order_by("-happened_at", "-pk")


def _act_on(finding: Finding, actor: Actor, kind: ActionKind, *, now: datetime, **given: Any) -> Action:
    with transaction.atomic():
        locked = Finding.objects.select_for_update().get(pk=finding.pk)
        if locked.cleared_at is not None and kind not in (ActionKind.USEFUL, ActionKind.NOT_USEFUL):
            raise ActionNotAllowed("The finding is already cleared, so it cannot be snoozed or dismissed.")
        action = _record(
            Action(
                kind=kind,
                audience=actor.audience,
                actor_id=actor.user_id,
                learner_id=locked.learner_id,
                course_key=locked.course_key,
                unit_key=locked.unit_key,
                finding=locked,
                happened_at=now,
                severity=locked.severity,
                **given,
            )
        )
        triage.derive_triage(locked, actor.audience)
    return action


def _act_at(place: ActionSubject, actor: Actor, kind: ActionKind, *, now: datetime, text: str) -> Action:
    with transaction.atomic():
        return _record(
            Action(
                kind=kind,
                audience=actor.audience,
                actor_id=actor.user_id,
                happened_at=now,
                text=text,
                **_at(place),
            )
        )


def _record(action: Action) -> Action:
    if len(action.text) > MAX_TEXT_LENGTH:
        raise ActionNotAllowed(f"{len(action.text)} characters are too many. The limit is {MAX_TEXT_LENGTH}.")
    action.save(force_insert=True)
    if action.finding_id is None and action.learner_id is not None:
        # The rollup sets the state of an excused unit and opens the finding of an assigned review.
        changes.mark_learner_changed(learner_id=action.learner_id, course_key=action.course_key)
    signals.action_taken.send(sender=Action, action=action)
    return action


def _standing(place: ActionSubject, kind: ActionKind) -> QuerySet[Action]:
    found: QuerySet[Action] = Action.objects.in_effect().filter(
        kind=kind, course_key=place.course_key, learner_id=place.learner_id
    )
    return found.filter(unit_key=place.unit_key) if place.unit_key else found


def _at(place: ActionSubject) -> dict[str, Any]:
    return {"course_key": place.course_key, "learner_id": place.learner_id, "unit_key": place.unit_key}


def _require_unit(place: ActionSubject) -> None:
    if not OutlineUnit.objects.filter(course_key=place.course_key, unit_key=place.unit_key).exists():
        raise ActionNotAllowed(f"{place.unit_key!r} is not a unit of {place.course_key!r}.")


def _require_enrolled(place: ActionSubject) -> None:
    enrolled = Enrolment.objects.filter(course_key=place.course_key, learner_id=place.learner_id)
    if not enrolled.exists():
        raise ActionNotAllowed(f"The learner is not enrolled in {place.course_key!r}.")
