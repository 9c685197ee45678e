"""Which rows of a table with several purposes are erased if only some of the purposes are."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from tracking import events
from tracking.events import Purpose
from tracking.models import ActionKind, LearnerUnitDay
from tracking.privacy.inventory.tables import ALL_ROWS, NO_ROWS

ATTEMPT = "attempt"
"""The kind of an attempt in quarantine."""

COURSE_TIMES = dict.fromkeys(
    ("active_ms", "estimated_ms", "reported_later_ms", "view_count", "access_count"), 0
)
UNIT_TIMES = COURSE_TIMES | dict.fromkeys(("visible_ms", "media_ms", "scroll_percent"), 0)
"""The fields that engagement adds to the days of a learner, with their empty values."""


def all_rows(purposes: frozenset[Purpose]) -> Q:
    """Erase every row if any purpose of its table is erased: the rest would reveal the erased data."""
    return ALL_ROWS


def no_rows(purposes: frozenset[Purpose]) -> Q:
    """Keep every row: it is a copy of what the platform says, and would be copied again."""
    return NO_ROWS


def written_actions(purposes: frozenset[Purpose]) -> Q:
    """Erase everything that was written about the learner with the course record; with nudges, the messages alone."""
    return ALL_ROWS if Purpose.RECORD in purposes else Q(kind=ActionKind.NUDGED)


def rows_by_kind(purposes: frozenset[Purpose]) -> Q:
    """Erase rows whose kind serves one of the purposes; kinds no longer registered count as engagement."""
    found = Q(kind__in=events.kinds_for_purposes(purposes))
    if Purpose.RECORD in purposes:
        found |= Q(kind=ATTEMPT)
    if Purpose.ENGAGEMENT in purposes:
        found |= ~Q(kind__in=[*(kind.name for kind in events.all_kinds()), ATTEMPT])
    return found


def empty_unit_days(purposes: frozenset[Purpose]) -> Q:
    """Erase days of a unit that are empty after trimming."""
    return Q(**UNIT_TIMES, is_completed=False)


def trim_unit_days(rows: QuerySet[Any], purposes: frozenset[Purpose]) -> None:
    """Empty the time of each day (engagement), or its completion (course record)."""
    if Purpose.ENGAGEMENT in purposes:
        rows.update(**UNIT_TIMES)
    if Purpose.RECORD in purposes:
        rows.update(is_completed=False)


def empty_course_days(purposes: frozenset[Purpose]) -> Q:
    """Erase days in a course that are empty after trimming.

    A day with a completion stays. It may be final because its raw events are purged; then no rollup may recompute it.
    """
    is_empty = Q(**COURSE_TIMES)
    if Purpose.RECORD in purposes:
        return is_empty
    same_day = {"learner": OuterRef("learner"), "course_key": OuterRef("course_key"), "day": OuterRef("day")}
    return Q(is_empty, ~Exists(LearnerUnitDay.objects.filter(**same_day, is_completed=True)))


def trim_course_days(rows: QuerySet[Any], purposes: frozenset[Purpose]) -> None:
    """Empty the time of each day."""
    if Purpose.ENGAGEMENT in purposes:
        rows.update(**COURSE_TIMES, hours={}, transitions={})
