"""Table of all learners of a class: its columns and its sort order, which is in the query string."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tracking.definitions import learners
from tracking.reports.course.learner_rows import LearnerRow


@dataclass(frozen=True, slots=True, kw_only=True)
class SortKey:
    """What a column sorts by. ``None`` is unknown and goes last, in both directions."""

    name: str
    label: str | Promise
    value: Callable[[LearnerRow], Any]
    is_number: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SortOrder:
    """The column that sorts the table, and its direction."""

    name: str
    is_descending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumn:
    """One heading. ``direction`` is empty unless the table is sorted by it; ``sort`` is the order after a click."""

    label: str | Promise
    is_number: bool
    direction: str
    sort: str


SORT_KEYS = (
    SortKey(name="name", label=_("Learner"), value=lambda row: row.name.casefold(), is_number=False),
    SortKey(
        name="progress",
        label=_("Completed"),
        value=lambda row: learners.progress_share(row.completed_count, row.required_count),
    ),
    SortKey(
        name="skipped",
        label=_("Skipped"),
        value=lambda row: row.skipped_count,
    ),
    SortKey(name="failed", label=_("Not passed"), value=lambda row: row.failed_count),
    SortKey(name="attempts", label=_("Attempts"), value=lambda row: row.attempt_count),
    SortKey(
        name="time",
        label=pgettext_lazy("tracking", "Time"),
        value=lambda row: row.active_seconds or row.estimated_seconds,
    ),
    SortKey(name="seen", label=_("Last seen"), value=lambda row: row.last_at),
)
BY_NAME = {sort_key.name: sort_key for sort_key in SORT_KEYS}
DEFAULT = SortOrder(name="name", is_descending=False)


def parse_order(text: str) -> SortOrder:
    """Parse an order such as ``time`` or ``-time``, descending. Default: by name, also if ``text`` names no column."""
    name = text.removeprefix("-")
    return SortOrder(name=name, is_descending=text.startswith("-")) if name in BY_NAME else DEFAULT


def table_columns(order: SortOrder) -> list[TableColumn]:
    """Return the headings of a table sorted by ``order``."""
    return [_column(sort_key, order) for sort_key in SORT_KEYS]


def sort_learners(rows: Iterable[LearnerRow], order: SortOrder) -> list[LearnerRow]:
    """Return ``rows`` in ``order``. The sort is stable."""
    value = BY_NAME[order.name].value
    pairs = [(value(row), row) for row in rows]
    known = sorted(
        (pair for pair in pairs if pair[0] is not None),
        key=lambda pair: pair[0],
        reverse=order.is_descending,
    )
    return [row for _, row in known] + [row for found, row in pairs if found is None]


def _column(sort_key: SortKey, order: SortOrder) -> TableColumn:
    is_sorted = sort_key.name == order.name
    if is_sorted:
        sort = sort_key.name if order.is_descending else f"-{sort_key.name}"
    else:
        # A first click on a number sorts the largest first, on a name from A to Z.
        sort = f"-{sort_key.name}" if sort_key.is_number else sort_key.name
    direction = "descending" if order.is_descending else "ascending"
    return TableColumn(
        label=sort_key.label,
        is_number=sort_key.is_number,
        direction=direction if is_sorted else "",
        sort=sort,
    )
