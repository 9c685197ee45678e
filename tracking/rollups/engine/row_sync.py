"""Set rows to what they should be: correct rows are left alone, others are written, the rest is deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter, itemgetter
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from tracking.storage import bulk_insert, bulk_read

Row = TypeVar("Row", bound=Model)
Values = tuple[Any, ...]

CHUNK = 500
"""Rows in one statement: SQLite takes at most 32,766 parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowDifference:
    """The rows that changed, as the values of ``bulk_insert.stored_field_names``. An updated row is in both lists."""

    before: list[Values] = field(default_factory=list)
    after: list[Values] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.before or self.after)


def sync_rows(
    model: type[Row],
    *,
    stored: QuerySet[Row],
    wanted: Iterable[object],
    key: Sequence[str],
    is_confirmed: Callable[[Values], bool] | None = None,
) -> RowDifference:
    """Make the rows ``stored`` exactly ``wanted``; the fields in ``key`` identify a row.

    A wanted row has the attributes of ``model``, but need not be an instance, which is slow to create. ``is_confirmed``
    receives the key of each stored row and says whether it is among those to set, if the database cannot say. The
    caller holds the lock that keeps others from writing the same rows.
    """
    names = bulk_insert.stored_field_names(model)
    positions = [names.index(name) for name in key]
    rows = bulk_read.iter_values(stored, "pk", *names)
    selected = (
        row
        for row in rows
        if is_confirmed is None or is_confirmed(tuple([row[position + 1] for position in positions]))
    )
    return sync_known_rows(model, stored=selected, wanted=map(attrgetter(*names), wanted), key=key)


def sync_known_rows(
    model: type[Row], *, stored: Iterable[Values], wanted: Iterable[Values], key: Sequence[str]
) -> RowDifference:
    """Do the same as ``sync_rows`` with rows already read: the primary key, then the values of ``stored_field_names``.

    Wanted rows are these values without the primary key.
    """
    names = bulk_insert.stored_field_names(model)
    positions = [names.index(name) for name in key]
    key_of = itemgetter(*positions)
    stored_key_of = itemgetter(*(position + 1 for position in positions))
    stale = {stored_key_of(row): row for row in stored}
    fresh: list[Values] = []
    changed: list[tuple[Values, Values]] = []
    for values in wanted:
        known = stale.pop(key_of(values), None)
        if known is None:
            fresh.append(values)
        # Compare with what is stored: an unchanged row costs no write.
        elif known[1:] != values:
            changed.append((known, values))
    _delete(model, [row[0] for row in stale.values()])
    bulk_insert.insert_value_rows(model, fresh)
    bulk_insert.update_value_rows(model, [(known[0], *values) for known, values in changed])
    return RowDifference(
        before=[known[1:] for known in (*stale.values(), *(known for known, _ in changed))],
        after=[*fresh, *(values for _, values in changed)],
    )


def _delete(model: type[Row], keys: list[Any]) -> None:
    for start in range(0, len(keys), CHUNK):
        model._default_manager.filter(pk__in=keys[start : start + CHUNK]).delete()
