"""Reads the value that a path or callable of the adapter names from a row of the host."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db.models import Manager, Model, QuerySet
from django.db.models.fields.related import RelatedField
from django.db.models.fields.reverse_related import ForeignObjectRel

from tracking.exceptions import AdapterError
from tracking.lms.declarations import Entry

COLLECTIONS = (list, tuple, set, frozenset, QuerySet)


def split_path(path: str) -> list[str]:
    """Return the attribute names in ``path``, which are joined by ``__`` or ``.``."""
    return path.replace(".", "__").split("__")


def read_path(row: object, entry: Entry) -> Any:
    """Return the value that ``entry`` names on ``row``, or ``None`` if the path reaches ``None``.

    Raises ``AdapterError`` if an object along the path has no such attribute.
    """
    if entry is None:
        return None
    if not isinstance(entry, str):
        return entry(row)
    value: Any = row
    for name in split_path(entry):
        if value is None:
            return None
        value = _step(value, name, path=entry)
    return value


def read_many(row: object, entry: Entry) -> list[Any]:
    """Return all values that ``entry`` names on ``row``, through to-many relations. One value gives a list of one."""
    if not isinstance(entry, str):
        return _as_list(read_path(row, entry))
    values = [row]
    for name in split_path(entry):
        values = [found for value in values for found in _as_list(_step(value, name, path=entry))]
    return values


def read_id(row: object, path: str) -> Any:
    """Return the primary key of the row that ``path`` leads to, from the foreign key's own column if possible."""
    *parents, last = split_path(path)
    owner = read_path(row, "__".join(parents)) if parents else row
    if isinstance(owner, Model):
        found = find_field(type(owner), last)
        if isinstance(found, RelatedField) and found.many_to_one and found.target_field.primary_key:
            return getattr(owner, found.attname)
    return pk_or_value(read_path(owner, last)) if owner is not None else None


def pk_or_value(value: Any) -> Any:
    """Return the primary key of a row, or any other value unchanged."""
    return value.pk if isinstance(value, Model) else value


def find_field(model: type[Model], name: str) -> Any:
    """Return the field of ``model`` behind the attribute ``name``, or ``None`` if the attribute is not a field.

    Reverse relations have the name of their accessor, such as ``answer_set``.
    """
    if name == "pk":
        return model._meta.pk
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        field = None
    if field is not None and not isinstance(field, ForeignObjectRel):
        return field
    related = {each.get_accessor_name(): each for each in model._meta.related_objects}
    return related.get(name)


def find_path_model(model: type[Model], path: str) -> type[Model] | None:
    """Return the model of the rows that ``path`` leads to from a row of ``model``; ``None`` if it leads to no rows."""
    current: Any = model
    for name in split_path(path):
        field = find_field(current, name) if current is not None else None
        current = field.related_model if field is not None and field.is_relation else None
    return current  # type: ignore[no-any-return]  # a model or None, from fields that the stubs leave untyped


def prefetch_paths(rows: QuerySet[Any], entries: Iterable[Entry]) -> QuerySet[Any]:
    """Return ``rows`` with the relations of ``entries`` joined or prefetched, so reading needs no query per row."""
    for entry in entries:
        if isinstance(entry, str):
            joined, prefetched = _relations(rows.model, entry)
            rows = rows.select_related(joined) if joined else rows
            rows = rows.prefetch_related(prefetched) if prefetched else rows
    return rows


def _step(value: Any, name: str, *, path: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(name)
    try:
        found = getattr(value, name)
    except ObjectDoesNotExist:  # The other side of a one-to-one relation may be missing: no value, no error.
        return None
    except AttributeError as error:
        raise AdapterError(
            f"{type(value).__name__} has no {name!r}, which {path!r} of the adapter needs. "
            "Name one of its attributes."
        ) from error
    # A related manager is callable too, but only to choose another manager, so calling it here would fail.
    return found() if callable(found) and not isinstance(found, Manager) else found


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, Manager):
        return list(value.all())
    return list(value) if isinstance(value, COLLECTIONS) else [value]


def _relations(model: type[Model], path: str) -> tuple[str, str]:
    """Return the longest part of ``path`` to join, and the longest to prefetch; each may be empty."""
    joined: list[str] = []
    prefetched: list[str] = []
    for name in split_path(path):
        # In an inherited model, "pk" is the relation to the parent row. Its value is a column of the row: join nothing.
        field = find_field(model, name) if name != "pk" else None
        if field is None or not field.is_relation or field.related_model is None:
            break
        prefetched.append(name)
        if (field.many_to_one or field.one_to_one) and len(joined) == len(prefetched) - 1:
            joined.append(name)
        model = field.related_model
    return "__".join(joined), "__".join(prefetched) if len(prefetched) > len(joined) else ""
