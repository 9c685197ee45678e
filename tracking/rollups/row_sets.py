"""Setting rows to what they should be: those that are right are left alone, others are written, the rest deleted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.db.models import Model

from tracking.models import bulk_rows

Row = TypeVar("Row", bound=Model)

CHUNK = 500
"""Rows in one statement: SQLite takes 32,766 parameters at the most."""


def set_rows(model: type[Row], *, stored: Iterable[Row], wanted: Iterable[object], key: Sequence[str]) -> int:
    """Make the rows ``stored`` exactly ``wanted``, told apart by the fields in ``key``; return how many changed.

    What is wanted has the attributes of ``model``; it need not be an instance, which is slow to make. The caller holds
    the lock that keeps others from writing the same rows.
    """
    fields = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
    stale = {_values(row, key): row for row in stored}
    fresh: list[object] = []
    changed: list[Row] = []
    for row in wanted:
        known = stale.pop(_values(row, key), None)
        if known is None:
            fresh.append(row)
        elif (values := _values(row, fields)) != _values(known, fields):
            changed.append(model(pk=known.pk, **dict(zip(fields, values, strict=True))))
    _delete(model, [row.pk for row in stale.values()])
    _write(model, fresh, changed)
    return len(fresh) + len(changed) + len(stale)


def _write(model: type[Row], fresh: Sequence[object], changed: list[Row]) -> None:
    bulk_rows.insert(model, fresh)
    if changed:
        names = [field.name for field in model._meta.concrete_fields if not field.primary_key]
        # An upsert on the primary key is one plain statement a chunk; bulk_update writes a CASE for each row and field.
        model._default_manager.bulk_create(
            changed, batch_size=CHUNK, update_conflicts=True, unique_fields=["pk"], update_fields=names
        )


def _delete(model: type[Row], keys: list[Any]) -> None:
    for start in range(0, len(keys), CHUNK):
        model._default_manager.filter(pk__in=keys[start : start + CHUNK]).delete()


def _values(row: object, names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in names)
