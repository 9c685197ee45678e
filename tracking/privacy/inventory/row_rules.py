"""Which rows go when only some purposes are erased, where a table serves more than one."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from tracking import events
from tracking.events import Purpose
from tracking.models import LearnerUnitDay
from tracking.privacy.inventory.tables import ALL_ROWS, NO_ROWS

ATTEMPT = "attempt"
"""The kind of an attempt in quarantine."""

COURSE_TIMES = dict.fromkeys(("active_ms", "estimated_ms", "view_count", "access_count"), 0)
UNIT_TIMES = COURSE_TIMES | dict.fromkeys(("visible_ms", "media_ms", "scroll_percent"), 0)
"""What engagement adds to the days of a learner, emptied."""


def all_rows(purposes: frozenset[Purpose]) -> Q:
    """Erase every row with any of the purposes of its table: what is left would say what is gone."""
    return ALL_ROWS


def no_rows(purposes: frozenset[Purpose]) -> Q:
    """Keep every row: the platform says it, and would say it again."""
    return NO_ROWS


def rows_by_kind(purposes: frozenset[Purpose]) -> Q:
    """Erase rows whose kind serves one of the purposes; a kind that nobody registers any more is engagement."""
    found = Q(kind__in=events.kinds_for_purposes(purposes))
    if Purpose.RECORD in purposes:
        found |= Q(kind=ATTEMPT)
    if Purpose.ENGAGEMENT in purposes:
        found |= ~Q(kind__in=[*(kind.name for kind in events.all_kinds()), ATTEMPT])
    return found


def empty_unit_days(purposes: frozenset[Purpose]) -> Q:
    """Erase days of a unit on which nothing is left."""
    return Q(**UNIT_TIMES, is_completed=False)


def trim_unit_days(rows: QuerySet[Any], purposes: frozenset[Purpose]) -> None:
    """Empty the time of each day, or that the unit was completed, which is part of the course record."""
    if Purpose.ENGAGEMENT in purposes:
        rows.update(**UNIT_TIMES)
    if Purpose.RECORD in purposes:
        rows.update(is_completed=False)


def empty_course_days(purposes: frozenset[Purpose]) -> Q:
    """Erase days in a course on which nothing is left.

    A day with a completion stays: it may say that its raw events are purged, and then no rollup may recompute it.
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
