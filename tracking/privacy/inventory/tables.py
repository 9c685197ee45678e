"""What is said of one table that holds something about learners."""

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
    """The learner, the browser or the host told it."""
    DERIVED = "derived"
    """Counted from what was told."""
    INFERRED = "inferred"
    """Concluded from what was counted."""
    ADMINISTRATIVE = "administrative"
    """What was done with any of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long a table keeps its rows."""

    text: Callable[[], str]
    """In words, from the settings in force."""
    purge: Callable[[datetime], int] | None = None
    """Deletes the rows whose time is over at a moment, and returns how many. The daily job calls it, twice too.

    Empty where the rows stay, or where another job deletes them.
    """


RowRule = Callable[[frozenset[Purpose]], Q]
"""Returns what holds of the rows that go when these purposes are erased."""

Trim = Callable[[QuerySet[Any], frozenset[Purpose]], object]
"""Empties the fields of rows that serve the purposes that are erased."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalDataTable:
    """One table that holds something about learners."""

    name: str
    """In addresses and file names."""
    model: type[Model]
    origin: DataOrigin
    title: str | Promise
    description: str | Promise
    """What one row is, with an example."""
    purposes: frozenset[Purpose]
    """What it serves; empty where it is about the handling itself."""
    time_field: str
    """The field that orders rows."""
    learner: str = "learner"
    """The way from a row to its learner."""
    course: str = "course_key"
    """The way from a row to its course; empty where it has none."""
    related_user_fields: tuple[str, ...] = ()
    """Fields that name somebody else."""
    hidden_fields: frozenset[str] = frozenset()
    """Fields that say nothing about the learner: how a job keeps its place, or the bytes of a file."""
    key_field: str = ""
    """A text that holds the learner's key where a row leads to no user yet. Such rows are erased too."""
    may_lack_course: bool = False
    """Whether a row may name no course: erasing one course keeps it, and the learner is told how many there are."""
    rows_to_erase: RowRule | None = None
    """Which rows go with some purposes. Default: all, once every purpose of the table is erased."""
    trim: Trim | None = None
    """Empties what serves an erased purpose in rows that serve others too. Runs before rows are deleted."""
    retention: Retention | None = None
    """Default: rows stay until they are erased."""
    names_learner: bool = False
    """Whether the content of a row says who it is about, so that no pseudonym can keep it."""
    is_copied: bool = False
    """Whether deleting a user deletes its rows one by one: a pseudonym keeps copies of them."""

    def erased_rows(self, purposes: frozenset[Purpose]) -> Q:
        """Return what holds of the rows that go when ``purposes`` are erased."""
        if not self.purposes & purposes:
            return NO_ROWS
        if self.rows_to_erase is not None:
            return self.rows_to_erase(purposes)
        return ALL_ROWS if self.purposes <= purposes else NO_ROWS


ALL_ROWS, NO_ROWS = Q(), Q(pk__in=[])

ENGAGEMENT = frozenset({Purpose.ENGAGEMENT})
RECORD = frozenset({Purpose.RECORD})
BOTH = ENGAGEMENT | RECORD
