"""Follows completions in the models of the adapter's completion map: records them, and withdraws what is gone."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db.models import Model
from django.db.models.signals import m2m_changed, post_save, pre_delete

from tracking import lms
from tracking.capture import host_records
from tracking.hooks.boundary import guarded
from tracking.lms import Adapter
from tracking.lms.values import CompletionRecord
from tracking.receivers.subscriptions import (
    REMOVALS,
    Subscriptions,
    rows_changed,
    through_models,
    with_subclasses,
)


def connect_completions(to: Subscriptions, adapter: Adapter) -> None:
    """Listen to every model of the completion map, and to the many-to-many relations to their learners."""
    for model, _, entry in adapter.completion_entries.items():
        for sender in with_subclasses(model):
            to.add(post_save, completion_saved, sender=sender)
            to.add(pre_delete, completion_pre_delete, sender=sender)
        for name, through in through_models(model, entry.learner):
            to.add(m2m_changed, partial(learners_changed, model, name), sender=through)


def completion_saved(instance: Model, *, raw: bool = False, created: bool = False, **_: Any) -> None:
    """Record that learners completed a unit, or withdraw it if the row no longer says so."""
    with guarded("Recording a completion of the host"):
        if not raw:
            _follow(instance, is_new=created)


def completion_pre_delete(instance: Model, **_: Any) -> None:
    """Withdraw a completion whose row is deleted."""
    with guarded("Withdrawing a completion of the host"):
        _withdraw(instance, lms.get_adapter().possible_completions(instance))


def learners_changed(model: type[Model], name: str, /, *, instance: Model, **changed: Any) -> None:
    """Follow the learners of a completion, from either side of the relation."""
    with guarded("Following the learners of a completion of the host"):
        pks = rows_changed(model, name, instance, changed)
        for row in model._base_manager.filter(pk__in=pks) if pks else ():
            if changed["action"] not in REMOVALS:
                _follow(row, is_new=False)
                continue
            removed = {instance.pk} if changed["reverse"] else changed["pk_set"]
            known = lms.get_adapter().possible_completions(row)
            _withdraw(row, [each for each in known if removed is None or each.learner_id in removed])


def _follow(row: Model, *, is_new: bool) -> None:
    adapter = lms.get_adapter()
    found = adapter.completion_entries.find(row)
    if found is None:
        return
    completed = adapter.completion_records(row)
    host_records.store_new_completions(found[0], str(row.pk), completed)
    if not is_new:
        current = {record.learner_id for record in completed}
        _withdraw(row, [each for each in adapter.possible_completions(row) if each.learner_id not in current])


def _withdraw(row: Model, records: Iterable[CompletionRecord]) -> None:
    found = lms.get_adapter().completion_entries.find(row)
    if found is not None:
        host_records.withdraw_completions(found[0], str(row.pk), records)
