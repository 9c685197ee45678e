"""Follows a declared path through the host's models without reading a row."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from django.db.models import Model

from tracking.lms import paths


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterFault:
    """One entry of the adapter that cannot work, why, and what to write instead."""

    entry: str
    problem: str
    hint: str

    def __str__(self) -> str:
        return f"{self.entry}: {self.problem}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PathEnd:
    """Where a path ends. ``model`` is ``None`` at a plain value, or if only a row can show where the path leads."""

    model: type[Model] | None
    is_field: bool


def follow_path(entry: str, model: type[Model], path: str) -> PathEnd | AdapterFault:
    """Return where ``path`` from a row of ``model`` ends, or a fault of ``entry`` if it leads nowhere."""
    current: type[Model] = model
    steps = paths.split_path(path)
    for number, name in enumerate(steps, start=1):
        field = paths.find_field(current, name)
        if field is None:
            return _attribute_end(entry, current, name, path)
        related = field.related_model if field.is_relation else None
        if not isinstance(related, type):
            return PathEnd(model=None, is_field=number == len(steps))
        current = related
    return PathEnd(model=current, is_field=True)


def find_read_faults(entry: str, model: type[Model] | None, declared: object) -> Iterator[AdapterFault]:
    """Yield why ``declared`` cannot be read from rows of ``model``. Anything but a path is not checked."""
    if model is not None and isinstance(declared, str):
        end = follow_path(entry, model, declared)
        if isinstance(end, AdapterFault):
            yield end


def find_lookup_faults(
    entry: str, model: type[Model] | None, path: str, *, ending_at: Collection[type[Model]] = ()
) -> Iterator[AdapterFault]:
    """Yield a fault if the database cannot follow ``path``, or if it ends at none of the models ``ending_at``."""
    if model is None:
        return
    end = follow_path(entry, model, path)
    if isinstance(end, AdapterFault):
        yield end
    elif not end.is_field:
        hint = "Write a path of fields: the database cannot call methods or properties."
        yield AdapterFault(entry=entry, problem=f"{path!r} is not a path of fields.", hint=hint)
    elif ending_at and not _is_one_of(end.model, ending_at):
        yield wrong_end(entry, path, ending_at)


def find_end_faults(
    entry: str, model: type[Model], declared: object, *, ending_at: Collection[type[Model]]
) -> Iterator[AdapterFault]:
    """Yield a fault if ``declared`` cannot be read, or if it does not end at one of the models ``ending_at``.

    A plain value may be a key, so it is not checked.
    """
    end = follow_path(entry, model, declared) if isinstance(declared, str) else None
    if isinstance(end, AdapterFault):
        yield end
    elif end is not None and end.model is not None and not _is_one_of(end.model, ending_at):
        yield wrong_end(entry, str(declared), ending_at)


def wrong_end(entry: str, path: str, expected: Collection[type[Model]]) -> AdapterFault:
    """Return the fault that ``path`` does not end at one of the models ``expected``."""
    labels = " or ".join(sorted(model._meta.label for model in expected)) or "a model of the structure"
    return AdapterFault(
        entry=entry, problem=f"{path!r} does not end at {labels}.", hint=f"Write the path to {labels}."
    )


def _is_one_of(model: type[Model] | None, expected: Collection[type[Model]]) -> bool:
    return model is not None and any(issubclass(model, each) or issubclass(each, model) for each in expected)


def _attribute_end(entry: str, model: type[Model], name: str, path: str) -> PathEnd | AdapterFault:
    if hasattr(model, name):
        return PathEnd(model=None, is_field=False)
    names = _names_of(model)
    similar = get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"Did you mean {similar[0]!r}?" if similar else f"{model._meta.label} has {', '.join(names)}."
    return AdapterFault(entry=entry, problem=f"{model._meta.label} has no {name!r} (in {path!r}).", hint=hint)


def _names_of(model: type[Model]) -> list[str]:
    fields: list[Any] = [*model._meta.fields, *model._meta.many_to_many]
    accessors = [relation.get_accessor_name() for relation in model._meta.related_objects]
    return sorted(
        {*(field.name for field in fields), *(name for name in accessors if name and "+" not in name)}
    )
