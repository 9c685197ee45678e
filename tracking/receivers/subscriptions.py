"""Signal connections that can be undone together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.apps import apps
from django.db.models import Field, Model
from django.dispatch import Signal

from tracking.lms import paths


class Subscriptions:
    """The signals and receivers that were connected here."""

    def __init__(self) -> None:
        self._connections: list[tuple[Signal, Callable[..., None], Any]] = []

    def add(self, signal: Signal, receiver: Callable[..., None], *, sender: Any = None) -> None:
        """Connect ``receiver`` to ``signal`` with a strong reference."""
        # Some receivers are partials that nothing else refers to: with weak references they would be gone at once.
        signal.connect(receiver, sender=sender, weak=False)
        self._connections.append((signal, receiver, sender))

    def clear(self) -> None:
        """Disconnect everything."""
        for signal, receiver, sender in self._connections:
            signal.disconnect(receiver, sender=sender)
        self._connections.clear()


def with_subclasses(model: type[Model]) -> Iterator[type[Model]]:
    """Yield ``model`` and all models that inherit from it, because a signal's sender is the class that was saved."""
    yield from (each for each in apps.get_models() if issubclass(each, model))


def through_models(model: type[Model], path: object) -> Iterator[tuple[str, type[Model]]]:
    """Yield name and model of the many-to-many relation that ``path`` starts with, if it starts with one."""
    name = paths.split_path(path)[0] if isinstance(path, str) else ""
    field = paths.find_field(model, name) if name else None
    if isinstance(field, Field) and field.many_to_many:
        yield name, field.remote_field.through  # type: ignore[union-attr]  # A many-to-many field always has one.


REMOVALS = frozenset({"pre_remove", "pre_clear"})
"""What ``m2m_changed`` says before a relation ends: who is in it can still be read."""


def rows_changed(model: type[Model], name: str, instance: Model, changed: Mapping[str, Any]) -> list[Any]:
    """Return the primary keys of the rows of ``model`` whose relation ``name`` changes.

    ``instance`` and ``changed`` are what ``m2m_changed`` says: ``instance`` is the row itself, or if ``reverse`` is
    true the other side of the relation.
    """
    if changed["action"] != "post_add" and changed["action"] not in REMOVALS:
        return []
    if not changed["reverse"]:
        return [instance.pk]
    if changed["pk_set"] is not None:
        return list(changed["pk_set"])
    # Before a relation is cleared from its other side, only the database knows whom that concerns.
    return list(model._base_manager.filter(**{name: instance}).values_list("pk", flat=True))
