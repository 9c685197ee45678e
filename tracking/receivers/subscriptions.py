"""What is listened to, so that it can be left again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.db.models import Field, Model
from django.dispatch import Signal

from tracking.lms import paths


class Subscriptions:
    """Signals with the receivers that were connected to them here."""

    def __init__(self) -> None:
        self._made: list[tuple[Signal, Callable[..., None], Any]] = []

    def add(self, signal: Signal, receiver: Callable[..., None], *, sender: Any = None) -> None:
        """Connect ``receiver``, which is kept alive, to ``signal``."""
        signal.connect(receiver, sender=sender, weak=False)
        self._made.append((signal, receiver, sender))

    def clear(self) -> None:
        """Disconnect everything."""
        for signal, receiver, sender in self._made:
            signal.disconnect(receiver, sender=sender)
        self._made.clear()


def with_subclasses(model: type[Model]) -> Iterator[type[Model]]:
    """Yield ``model`` and every model made from it: a signal names the class that was saved, not its parents."""
    yield from (each for each in apps.get_models() if issubclass(each, model))


def through_models(model: type[Model], path: object) -> Iterator[type[Model]]:
    """Yield the model behind the many-to-many field that ``path`` starts with, if it starts with one."""
    name = paths.split_path(path)[0] if isinstance(path, str) else ""
    field = paths.find_field(model, name) if name else None
    if isinstance(field, Field) and field.many_to_many:
        yield field.remote_field.through  # type: ignore[union-attr]  # A many-to-many field always has one.
