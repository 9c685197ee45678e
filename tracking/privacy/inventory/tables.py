"""How the inventory describes one table with data about learners."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise

from tracking.events import Purpose


class DataOrigin(StrEnum):
    """Where rows come from."""

    OBSERVED = "observed"
    """Reported by the learner, the browser or the host."""
    DERIVED = "derived"
    """Calculated from observed data."""
    INFERRED = "inferred"
    """Estimated from derived data."""
    ADMINISTRATIVE = "administrative"
    """About how the data was handled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long a table keeps its rows."""

    text: Callable[[], str]
    """Returns the period as text, from the current settings."""
    purge: Callable[[datetime], int] | None = None
    """Deletes the rows that have expired at a moment and returns how many. Called by the daily job; safe to run twice.

    ``None`` if rows are kept, or if another job deletes them.
    """


RowRule = Callable[[frozenset[Purpose]], Q]
"""Returns the filter for rows to delete if these purposes are erased."""

Trim = Callable[[QuerySet[Any], frozenset[Purpose]], object]
"""Empties the fields of rows that serve the erased purposes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalDataTable:
    """One table with data about learners."""

    name: str
    """Used in URLs and file names."""
    model: type[Model]
    origin: DataOrigin
    title: str | Promise
    description: str | Promise
    """What one row is, with an example."""
    purposes: frozenset[Purpose]
    """The purposes that its rows serve; empty for data about the handling itself."""
    time_field: str
    """The field that orders rows."""
    learner: str = "learner"
    """The lookup from a row to its learner."""
    course: str = "course_key"
    """The lookup from a row to its course; empty if rows have none."""
    related_user_fields: tuple[str, ...] = ()
    """Fields that refer to another user."""
    hidden_fields: frozenset[str] = frozenset()
    """Fields that say nothing about the learner: the state of a job, or the bytes of a file."""
    key_field: str = ""
    """The field with the learner's key as text, for rows that refer to no user yet. Such rows are erased too."""
    may_lack_course: bool = False
    """Whether a row may have no course. Erasing one course keeps such rows, and the learner sees how many there are."""
    rows_to_erase: RowRule | None = None
    """Which rows to erase for some purposes. Default: all, if every purpose of the table is erased."""
    trim: Trim | None = None
    """Empties what serves an erased purpose in rows that also serve others. Runs before rows are deleted."""
    retention: Retention | None = None
    """Default: rows are kept until they are erased."""
    names_learner: bool = False
    """Whether the content of a row identifies the learner, so that it cannot be kept under a pseudonym."""
    is_copied: bool = False
    """Whether Django deletes these rows with their user, so that a pseudonym needs copies of them."""

    def erased_rows(self, purposes: frozenset[Purpose]) -> Q:
        """Return the filter for the rows to delete if ``purposes`` are erased."""
        if not self.purposes & purposes:
            return NO_ROWS
        if self.rows_to_erase is not None:
            return self.rows_to_erase(purposes)
        return ALL_ROWS if self.purposes <= purposes else NO_ROWS


ALL_ROWS, NO_ROWS = Q(), Q(pk__in=[])

ENGAGEMENT = frozenset({Purpose.ENGAGEMENT})
RECORD = frozenset({Purpose.RECORD})
BOTH = ENGAGEMENT | RECORD
