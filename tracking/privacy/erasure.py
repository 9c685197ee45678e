"""Erasing what is held about a learner: all of it, or what serves some purposes, in all courses or some.

Class figures follow by the change log, as after any other change. Safe to run twice and to be killed anywhere: each
course is one transaction, and what is gone is not found again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from tracking import events
from tracking.events import LearnerId, Purpose
from tracking.models import (
    Answer,
    Attempt,
    Delivery,
    Event,
    Finding,
    JobRun,
    LearnerCourseDay,
    LearnerPattern,
    LearnerRisk,
    LearnerSkill,
    LearnerUnitDay,
    PageView,
    PendingChange,
    QuarantinedRecord,
    RollupStage,
)
from tracking.privacy import consent, inventory, retention
from tracking.privacy.inventory import INVENTORY
from tracking.xapi import privacy

ATTEMPT = "attempt"
"""The kind of an attempt in quarantine."""

TIMES = ("active_ms", "estimated_ms", "view_count", "access_count")


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureScope:
    """What to erase."""

    learner_id: LearnerId
    purposes: frozenset[Purpose] | None = None
    """What serves these; with ``None`` everything, the record of consent and of looks too."""
    course_keys: frozenset[str] | None = None
    """In these courses; with ``None`` in all, and what belongs to no course."""


def erase_learner_data(scope: ErasureScope, *, by: str) -> Counter[str]:
    """Erase what ``scope`` says and return how many rows that were, by the name of their holding.

    ``by`` says on whose behalf in a note that names nobody: ``"the learner"``, ``"an operator"``.
    """
    erased: Counter[str] = Counter()
    keys = inventory.courses_with_data(scope.learner_id)
    for course_key in sorted(keys if scope.course_keys is None else keys & scope.course_keys):
        with transaction.atomic():
            retention.lock_learner_rows(course_key, [scope.learner_id])
            erased += _erase_in_course(scope, course_key)
    with transaction.atomic():
        if scope.course_keys is None:
            erased += _erase_without_course(scope)
        _note(scope, erased, by)
        transaction.on_commit(lambda: clear_learner_cache(scope.learner_id))
    return erased


def clear_learner_cache(learner_id: LearnerId) -> None:
    """Delete what the cache knows of a learner by name; the rest there names nobody."""
    consent.clear_consent_cache(learner_id)
    minute = int(timezone.now().timestamp()) // 60
    sent = [f"tracking:sent:{learner_id}:{each}" for each in range(minute - 2, minute + 1)]
    cache.delete_many([*sent, f"tracking:instructs-any:{learner_id}"])


def _erase_in_course(scope: ErasureScope, course_key: str) -> Counter[str]:
    if scope.purposes is None:
        erased = _delete_all(scope.learner_id, course_key)
        # Not marked as the learner's: the mark would name them, and there is nothing left to fold.
        for subject in (RollupStage.CLASS, RollupStage.FINDINGS):
            PendingChange.objects.create(stage=subject, course_key=course_key)
        return erased
    head = {"learner_id": scope.learner_id, "course_key": course_key}
    erased = Counter(
        events=_delete(Event.objects.filter(_of_purposes(scope.purposes), **head)),
        kept_apart=_delete(QuarantinedRecord.objects.filter(_of_purposes(scope.purposes, ATTEMPT), **head)),
    )
    if Purpose.ENGAGEMENT in scope.purposes:
        erased += _erase_engagement(head)
    if Purpose.RECORD in scope.purposes:
        erased += _erase_record(head)
    erased += privacy.erase_xapi_content(scope.learner_id, scope.purposes, course_key=course_key)
    if scope.purposes & events.PURPOSES_WITH_ROLLUPS:
        erased["deliveries"] += _delete(_deliveries(scope.learner_id, course_key))
        # Those whose cause is still on record come back with the next roll-up.
        erased += Counter(
            findings=_delete(Finding.objects.filter(**head)),
            risks=_delete(LearnerRisk.objects.filter(**head)),
        )
        _mark(head)
    return erased


def _erase_engagement(head: Mapping[str, Any]) -> Counter[str]:
    unit_days = LearnerUnitDay.objects.filter(**head)
    erased = Counter(
        views=_delete(PageView.objects.filter(**head)),
        patterns=_delete(LearnerPattern.objects.filter(**head)),
        lesson_days=_delete(unit_days.filter(is_completed=False)),
    )
    # That something was completed is part of the course record.
    unit_days.update(
        active_ms=0, visible_ms=0, media_ms=0, estimated_ms=0, view_count=0, access_count=0, scroll_percent=0
    )
    kept_days = set(unit_days.values_list("day", flat=True))
    course_days = LearnerCourseDay.objects.filter(**head)
    erased["course_days"] = _delete(course_days.exclude(day__in=kept_days))
    course_days.update(**dict.fromkeys(TIMES, 0), hours={}, transitions={})
    return erased


def _erase_record(head: Mapping[str, Any]) -> Counter[str]:
    unit_days = LearnerUnitDay.objects.filter(**head)
    unit_days.update(is_completed=False)
    is_empty = dict.fromkeys(TIMES, 0)
    mine = Answer.objects.filter(attempt__learner=head["learner_id"], attempt__course_key=head["course_key"])
    return Counter(
        answers=_delete(mine),
        attempts=_delete(Attempt.objects.filter(**head)),
        skills=_delete(LearnerSkill.objects.filter(**head)),
        lesson_days=_delete(unit_days.filter(**is_empty)),
        course_days=_delete(LearnerCourseDay.objects.filter(**head, **is_empty)),
    )


def _mark(head: Mapping[str, Any]) -> None:
    """Have the learner's rows made again, and every day that still has events behind it."""
    moments = Event.objects.filter(**head).values_list("happened_at", flat=True)
    days = {moment.astimezone(UTC).date() for moment in moments.iterator()}
    PendingChange.objects.bulk_create(
        PendingChange(stage=RollupStage.LEARNER, day=day, **head) for day in (None, *sorted(days))
    )


def _delete_all(learner_id: LearnerId, course_key: str) -> Counter[str]:
    erased: Counter[str] = Counter()
    for holding in reversed(INVENTORY):
        if holding.course:
            erased[holding.name] += _delete(
                inventory.personal_rows(holding, learner_id, course_keys=[course_key])
            )
    erased["deliveries"] += _delete(_deliveries(learner_id, course_key))
    return erased


def _deliveries(learner_id: LearnerId, course_key: str) -> QuerySet[Delivery]:
    """Return what webhooks are told of a course; what waits for an LRS is made of rows that are gone by then."""
    return Delivery.objects.filter(learner_id=learner_id, payload__data__course_key=course_key)


def _erase_without_course(scope: ErasureScope) -> Counter[str]:
    if scope.purposes is not None:
        erased = privacy.erase_xapi_content(scope.learner_id, scope.purposes, course_key="")
        if scope.purposes & events.PURPOSES_WITH_ROLLUPS:
            erased["deliveries"] += _delete(
                inventory.personal_rows(inventory.BY_NAME["deliveries"], scope.learner_id)
            )
        return erased
    erased = Counter()
    for holding in reversed(INVENTORY):
        erased[holding.name] += _delete(inventory.personal_rows(holding, scope.learner_id))
        for name in holding.related_user_fields:
            # What they did as somebody's instructor stays with whom it was done about, and names them no more.
            _empty(holding.model, name, scope.learner_id)
    for model, name in inventory.DONE_BY:
        _empty(model, name, scope.learner_id)
    erased["quarantined"] += _delete(QuarantinedRecord.objects.filter(learner_key=str(scope.learner_id)))
    return erased


def _empty(model: type[Model], name: str, user_id: LearnerId) -> None:
    model._default_manager.filter(**{name: user_id}).update(**{name: None})


def _of_purposes(purposes: Collection[Purpose], *more_of_record: str) -> Q:
    """Return what holds of rows whose kind serves one of ``purposes``; what nobody registers any more is engagement."""
    found = Q(kind__in=events.kinds_for_purposes(purposes))
    if Purpose.RECORD in purposes:
        found |= Q(kind__in=more_of_record)
    if Purpose.ENGAGEMENT in purposes:
        found |= ~Q(kind__in=[*(kind.name for kind in events.all_kinds()), ATTEMPT])
    return found


def _note(scope: ErasureScope, erased: Counter[str], by: str) -> None:
    what = "all" if scope.purposes is None else ", ".join(sorted(scope.purposes))
    where = "all courses" if scope.course_keys is None else f"{len(scope.course_keys)} courses"
    now = timezone.now()
    JobRun.objects.create(
        job="erase",
        started_at=now,
        finished_at=now,
        handled_count=erased.total(),
        summary=f"asked for by {by}: {what}, {where}",
    )


def _delete(rows: Any) -> int:
    return int(rows.order_by().delete()[1].get(rows.model._meta.label, 0))
