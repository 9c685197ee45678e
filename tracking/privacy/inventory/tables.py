"""What is said of one table that holds something about learners."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Model
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


ENGAGEMENT = frozenset({Purpose.ENGAGEMENT})
RECORD = frozenset({Purpose.RECORD})
BOTH = ENGAGEMENT | RECORD
