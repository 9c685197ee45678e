"""Erasure of a learner's data: all of it or some purposes, in all courses or some.

The inventory alone defines which data there is and which purpose it serves. The change queue updates class figures, as
after any other change. Safe to run twice and to kill at any point: each course is one transaction, and a second run
finds only what is left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from tracking import events
from tracking.events import LearnerId, Purpose
from tracking.models import Event, JobRun, PendingChange, RollupStage
from tracking.privacy import consent, inventory, retention
from tracking.privacy.inventory import INVENTORY, PersonalDataTable
from tracking.storage.host_cache import cache


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureScope:
    """What to erase."""

    learner_id: LearnerId
    purposes: frozenset[Purpose] | None = None
    """Erase what serves these purposes; with ``None`` everything, the consent history and the access log too."""
    course_keys: frozenset[str] | None = None
    """Erase in these courses; with ``None`` in all, and what belongs to no course."""


def erase_learner_data(scope: ErasureScope, *, by: str) -> Counter[str]:
    """Erase what ``scope`` selects; return the number of erased rows by the name of their table.

    ``by`` says on whose behalf, for a job run that names no one: ``"the learner"``, ``"an operator"``.
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
        _record_run(scope, erased, by)
        transaction.on_commit(lambda: clear_learner_cache(scope.learner_id))
    return erased


def clear_learner_cache(learner_id: LearnerId) -> None:
    """Delete the cache entries that name the learner; other cache entries name no one."""
    consent.clear_consent_cache(learner_id)
    minute = int(timezone.now().timestamp()) // 60
    sent = [f"tracking:sent:{learner_id}:{each}" for each in range(minute - 2, minute + 1)]
    others = [f"tracking:{name}:{learner_id}" for name in ("instructs-any", "deferred")]
    cache.delete_many([*sent, *others])


def _erase_in_course(scope: ErasureScope, course_key: str) -> Counter[str]:
    erased: Counter[str] = Counter()
    for table in reversed(INVENTORY):
        if table.course:
            rows = inventory.personal_rows(table, scope.learner_id, course_keys=[course_key])
            erased[table.name] += _erase_rows(table, rows, scope.purposes)
    if scope.purposes is None:
        # Do not mark the learner as changed: the pending change would name the erased learner, and no rows are left.
        for stage in (RollupStage.CLASS, RollupStage.FINDINGS):
            PendingChange.objects.create(stage=stage, course_key=course_key)
    elif scope.purposes & events.PURPOSES_WITH_ROLLUPS:
        # The next rollup opens findings again if their cause is still on record.
        _mark_as_changed({"learner_id": scope.learner_id, "course_key": course_key})
    return erased


def _erase_rows(table: PersonalDataTable, rows: QuerySet[Any], purposes: frozenset[Purpose] | None) -> int:
    if purposes is None:
        return _delete(rows)
    if table.trim is not None:
        table.trim(rows, purposes)
    return _delete(rows.filter(table.erased_rows(purposes)))


def _mark_as_changed(filters: Mapping[str, Any]) -> None:
    """Mark the learner's rows as changed, and every day that still has events."""
    moments = Event.objects.filter(**filters).values_list("happened_at", flat=True)
    days = {moment.astimezone(UTC).date() for moment in moments.iterator()}
    PendingChange.objects.bulk_create(
        PendingChange(stage=RollupStage.LEARNER, day=day, **filters) for day in (None, *sorted(days))
    )


def _erase_without_course(scope: ErasureScope) -> Counter[str]:
    """Erase what belongs to no course; if everything is erased, also what was stored in a course in the meantime."""
    rows_of = inventory.personal_rows if scope.purposes is None else inventory.rows_without_course
    erased = Counter(
        {
            table.name: _erase_rows(table, rows_of(table, scope.learner_id), scope.purposes)
            for table in reversed(INVENTORY)
        }
    )
    if scope.purposes is None:
        erased += _erase_mentions(scope.learner_id)
    return erased


def _erase_mentions(learner_id: LearnerId) -> Counter[str]:
    """Delete rows that hold only the learner's key, and remove the learner from rows about others."""
    erased: Counter[str] = Counter()
    for table in INVENTORY:
        if table.key_field:
            rows = table.model._default_manager.filter(**{table.key_field: str(learner_id)})
            erased[table.name] += _delete(rows)
        for name in table.related_user_fields:
            # An action this person took as an instructor is the data of another learner: keep it without the name.
            _empty(table.model, name, learner_id)
    for model, name in inventory.DONE_BY:
        _empty(model, name, learner_id)
    return erased


def _empty(model: type[Model], name: str, user_id: LearnerId) -> None:
    model._default_manager.filter(**{name: user_id}).update(**{name: None})


def _record_run(scope: ErasureScope, erased: Counter[str], by: str) -> None:
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
