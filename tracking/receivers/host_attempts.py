"""Following the host's attempts: scalars are copied with the host's own save, answers are read once it has committed.

Some hosts delete the row in the request that scored it, grade it minutes later, save the answers after the attempt, or
add its learners after that. So an attempt is read when it is saved, again at commit, and a last time before it goes.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Collection
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
from tracking.receivers.subscriptions import Subscriptions, through_models, with_subclasses

_order = itertools.count(1)
_read_in_thread = threading.local()

MAX_REMEMBERED = 1000


def connect_host_attempts(to: Subscriptions, adapter: Adapter) -> None:
    """Listen to every model of the attempt map, to its answers, and to the many-to-many relations in between."""
    for model, _, entry in adapter.attempt_entries.items():
        for sender in with_subclasses(model):
            to.add(post_save, attempt_saved, sender=sender)
            to.add(pre_delete, attempt_pre_delete, sender=sender)
        for through in through_models(model, entry.learner):
            to.add(m2m_changed, partial(relation_changed, model), sender=through)
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
    for through in through_models(relation.related_model, entry.chosen):
        to.add(m2m_changed, partial(choice_changed, model, relation.field.attname), sender=through)


def attempt_saved(instance: Model, using: str, *, raw: bool = False, **_: Any) -> None:
    """Copy what the host saved in the host's own transaction, and read the rest once it has committed."""
    with guarded("Copying an attempt of the host"):
        # While a fixture is loaded, the rows that this one points to may not be there yet.
        for record in [] if raw else lms.get_adapter().attempt_records(instance, has_answers=False):
            attempts.store_attempt(record)
        _read_at_commit(type(instance), instance.pk, using=using)


def attempt_pre_delete(instance: Model, origin: Any = None, **_: Any) -> None:
    """Read a last time what the host is about to delete; forget what was never submitted or is not to be kept."""
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
        elif _is_deleted_itself(instance, origin):
            for record in submitted:
                # Answers that the host deleted just before are kept as they were.
                attempts.store_attempt(replace(record, answers=record.answers or None))


def answer_changed(model: type[Model], link: str, /, instance: Model, using: str, **_: Any) -> None:
    """Read the attempt again that an answer belongs to."""
    with guarded("Following an answer of the host"):
        _read_at_commit(model, getattr(instance, link), using=using)


def choice_changed(model: type[Model], link: str, /, *, instance: Model, using: str, **changed: Any) -> None:
    """Read the attempt again when the options of one of its answers change, if from the answer's side."""
    if not changed.get("reverse") and str(changed.get("action")).startswith("post_"):
        answer_changed(model, link, instance, using)


def relation_changed(
    model: type[Model],
    /,
    *,
    instance: Model,
    action: str,
    reverse: bool,
    pk_set: Collection[Any] | None,
    using: str,
    **_: Any,
) -> None:
    """Read attempts again when learners are added to them, from either side."""
    if not action.startswith("post_"):
        return
    with guarded("Following the learners of an attempt of the host"):
        for pk in (pk_set or ()) if reverse else (instance.pk,):
            _read_at_commit(model, pk, using=using)


def _read_at_commit(model: type[Model], pk: Any, *, using: str) -> None:
    later = partial(_read_again, model, pk, using=using, order=next(_order))
    transaction.on_commit(later, using=using, robust=True)


def _read_again(model: type[Model], pk: Any, *, using: str, order: int) -> None:
    """Read an attempt once after a commit, however often it was saved before; per thread, as connections are."""
    seen: dict[Any, int] = _read_in_thread.__dict__.setdefault("seen", {})
    key = (using, model, pk)
    if order < seen.get(key, 0):
        return
    if len(seen) >= MAX_REMEMBERED:
        seen.clear()  # Costs a repeated reading, no more.
    seen[key] = next(_order)
    with guarded("Reading an attempt of the host"):
        row = model._base_manager.using(using).filter(pk=pk).first()
        for record in lms.get_adapter().attempt_records(row) if row is not None else ():
            attempts.store_attempt(record)


def _is_deleted_itself(instance: Model, origin: Any) -> bool:
    """Return whether the deletion began at the attempt: where its learner goes, a new row would point to nobody."""
    began_at = origin.model if isinstance(origin, QuerySet) else type(origin)
    return isinstance(instance, began_at)
