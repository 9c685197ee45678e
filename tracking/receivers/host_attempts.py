"""Follows the host's attempts: copies plain values when the host saves a row, and reads the answers after its commit.

Some hosts delete the row in the request that graded it, grade it minutes later, or save answers or learners after the
attempt. So an attempt is read when it is saved, again after the commit, and a last time before it is deleted.
"""

from __future__ import annotations

import itertools
import threading
from dataclasses import replace
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet
from django.db.models.fields.reverse_related import ManyToOneRel
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete

from tracking import lms
from tracking.capture import attempts
from tracking.hooks.boundary import guarded
from tracking.lms import Adapter, paths
from tracking.receivers.subscriptions import Subscriptions, rows_changed, through_models, with_subclasses

_sequence = itertools.count(1)
# Callbacks after a commit run in the thread of their connection, so no lock is needed.
_read_in_thread = threading.local()

MAX_REMEMBERED = 1000
"""Attempts per thread of which the last reading is remembered."""


def connect_host_attempts(to: Subscriptions, adapter: Adapter) -> None:
    """Listen to every model of the attempt map, to its answers, and to the many-to-many relations between them."""
    for model, _, entry in adapter.attempt_entries.items():
        for sender in with_subclasses(model):
            to.add(post_save, attempt_saved, sender=sender)
            to.add(pre_delete, attempt_pre_delete, sender=sender)
        for name, through in through_models(model, entry.learner):
            to.add(m2m_changed, partial(learners_changed, model, name), sender=through)
        if entry.answers is not None:
            _subscribe_to_answers(to, model, entry.answers)


def _subscribe_to_answers(to: Subscriptions, model: type[Model], entry: lms.AnswerFields) -> None:
    relation = paths.find_field(model, entry.relation) if isinstance(entry.relation, str) else None
    if not isinstance(relation, ManyToOneRel):
        return
    for sender in with_subclasses(relation.related_model):
        receiver = partial(answer_changed, model, relation.field.attname)
        to.add(post_save, receiver, sender=sender)
        to.add(post_delete, receiver, sender=sender)
    for _, through in through_models(relation.related_model, entry.chosen):
        to.add(m2m_changed, partial(choice_changed, model, relation.field.attname), sender=through)


def attempt_saved(instance: Model, using: str, *, raw: bool = False, **_: Any) -> None:
    """Store the attempt without answers in the host's transaction, and read the rest after its commit."""
    with guarded("Copying an attempt of the host"):
        # While a fixture is loaded (raw), related rows may not exist yet, so read the attempt only after the commit.
        for record in [] if raw else lms.get_adapter().attempt_records(instance, has_answers=False):
            attempts.store_attempt(record)
        _read_at_commit(type(instance), instance.pk, using=using)


def attempt_pre_delete(instance: Model, origin: Any = None, **_: Any) -> None:
    """Read an attempt before the host deletes it. Delete it here too if it is unsubmitted or the map says "forget"."""
    with guarded("Following the deletion of an attempt of the host"):
        adapter = lms.get_adapter()
        found = adapter.attempt_entries.find(instance)
        if found is None:
            return
        label, entry = found
        submitted = [
            record for record in adapter.attempt_records(instance) if record.submitted_at is not None
        ]
        if not submitted or entry.on_delete == "forget":
            attempts.delete_attempts(source_label=label, source_key=str(instance.pk))
        elif _is_deletion_of(instance, origin):
            for record in submitted:
                # The host may have deleted the answers just before. None keeps the stored ones; () would delete them.
                attempts.store_attempt(replace(record, answers=record.answers or None))


def answer_changed(model: type[Model], attname: str, /, instance: Model, using: str, **_: Any) -> None:
    """Read the attempt of an answer again."""
    with guarded("Following an answer of the host"):
        _read_at_commit(model, getattr(instance, attname), using=using)


def choice_changed(
    model: type[Model], attname: str, /, *, instance: Model, using: str, **changed: Any
) -> None:
    """Read the attempt again if the chosen options of an answer change, from the side of the answer."""
    if not changed.get("reverse") and str(changed.get("action")).startswith("post_"):
        answer_changed(model, attname, instance, using)


def learners_changed(
    model: type[Model], name: str, /, *, instance: Model, using: str, **changed: Any
) -> None:
    """Read attempts again if their learners change, from either side of the relation."""
    with guarded("Following the learners of an attempt of the host"):
        for pk in rows_changed(model, name, instance, changed):
            _read_at_commit(model, pk, using=using)


def _read_at_commit(model: type[Model], pk: Any, *, using: str) -> None:
    read_again = partial(_read_again, model, pk, using=using, order=next(_sequence))
    # robust: an error in here must not break the host's request after its commit.
    transaction.on_commit(read_again, using=using, robust=True)


def _read_again(model: type[Model], pk: Any, *, using: str, order: int) -> None:
    """Read an attempt once after a commit, however often it was saved in it. Per thread, like connections."""
    seen: dict[Any, int] = _read_in_thread.__dict__.setdefault("seen", {})
    key = (using, model, pk)
    # Another callback of this commit has read the attempt after this save, so there is nothing new to read.
    if order < seen.get(key, 0):
        return
    if len(seen) >= MAX_REMEMBERED:
        seen.clear()  # The worst effect is that an attempt is read twice.
    seen[key] = next(_sequence)
    with guarded("Reading an attempt of the host"):
        row = model._base_manager.using(using).filter(pk=pk).first()
        if row is not None:
            _store_and_withdraw(row)


def _store_and_withdraw(row: Model) -> None:
    adapter = lms.get_adapter()
    records = adapter.attempt_records(row)
    for record in records:
        attempts.store_attempt(record)
    found = adapter.attempt_entries.find(row)
    if found is not None:
        owners = adapter.attempt_owners(row, records)
        attempts.keep_owners(source_label=found[0], owners={str(row.pk): owners})


def _is_deletion_of(instance: Model, origin: Any) -> bool:
    """Return whether the deletion started at the attempt.

    If it started at the learner, a new row would reference a user who no longer exists.
    """
    origin_model = origin.model if isinstance(origin, QuerySet) else type(origin)
    return isinstance(instance, origin_model)
