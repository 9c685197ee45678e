"""Add up the day rows of learners in units: of all their units, or of those that changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, IntegerField, Max, Min, QuerySet, Sum
from django.db.models.functions import Cast

from tracking.events import LearnerId
from tracking.models import LearnerUnitDay
from tracking.rollups.learner.day_rows import UnitDayRow
from tracking.rollups.learner.unit_rows import UnitTotals
from tracking.storage import bulk_read

SUMMED_FROM = UnitDayRow._fields.index("active_ms")
SUMMED = (
    "active_ms",
    "visible_ms",
    "media_ms",
    "estimated_ms",
    "reported_later_ms",
    "view_count",
    "access_count",
)


def read_unit_totals(
    course_key: str, whole: Collection[LearnerId], changed_units: Mapping[LearnerId, AbstractSet[str]]
) -> dict[LearnerId, dict[str, UnitTotals]]:
    """Return the totals by learner and unit.

    These are all units of the learners in ``whole``, and the given units of those in ``changed_units``. The result has
    a key for each of these learners, even without any activity.
    """
    totals: dict[LearnerId, dict[str, UnitTotals]] = {
        learner_id: {} for learner_id in (*whole, *changed_units)
    }
    rows = LearnerUnitDay.objects.filter(course_key=course_key)
    queries = [rows.filter(learner_id__in=whole)] if whole else []
    queries += _changed_rows(rows, changed_units)
    for query in queries:
        for learner_id, unit_key, *values in _sum_rows(query):
            totals[learner_id][unit_key] = UnitTotals._make(values)
    return totals


def sum_unit_rows(rows: Iterable[UnitDayRow]) -> dict[str, UnitTotals]:
    """Return the totals by unit of ``rows``, those of one learner in one course."""
    by_unit: dict[str, list[UnitDayRow]] = {}
    for row in rows:
        by_unit.setdefault(row.unit_key, []).append(row)
    return {unit_key: _sum(unit_rows) for unit_key, unit_rows in by_unit.items()}


def _sum(rows: Sequence[UnitDayRow]) -> UnitTotals:
    if len(rows) == 1:
        return UnitTotals._make(rows[0][SUMMED_FROM:])
    *summed, scrolls, completed, firsts, lasts = zip(*(row[SUMMED_FROM:] for row in rows), strict=True)
    return UnitTotals._make((*map(sum, summed), max(scrolls), any(completed), min(firsts), max(lasts)))


def _changed_rows(
    rows: QuerySet[LearnerUnitDay], changed_units: Mapping[LearnerId, AbstractSet[str]]
) -> Iterator[QuerySet[LearnerUnitDay]]:
    if connection.vendor != "postgresql":
        for learner_id, unit_keys in changed_units.items():
            yield rows.filter(learner_id=learner_id, unit_key__in=sorted(unit_keys))
        return
    pairs = [
        (learner_id, unit_key) for learner_id, unit_keys in changed_units.items() for unit_key in unit_keys
    ]
    if pairs:
        # One index lookup for each pair; the units of all, for all learners, would be most of the table.
        key_type = LearnerUnitDay._meta.get_field("learner").db_type(connection)
        yield rows.extra(  # noqa: S610  Names of ours.
            where=[f"(learner_id, unit_key) IN (SELECT * FROM unnest(%s::{key_type}[], %s::text[]))"],  # noqa: S608
            params=[*map(list, zip(*pairs, strict=True))],
        )


def _sum_rows(rows: QuerySet[LearnerUnitDay]) -> Iterator[tuple[Any, ...]]:
    added: Any = (
        rows.order_by()
        .values("learner_id", "unit_key")
        .annotate(
            **{f"{name}_total": Cast(Sum(name), BigIntegerField()) for name in SUMMED},
            scroll=Max("scroll_percent"),
            # PostgreSQL has no MAX of booleans.
            completed=Max(Cast("is_completed", IntegerField())),
            first=Min("first_at"),
            last=Max("last_at"),
        )
    )
    names = [f"{name}_total" for name in SUMMED]
    for *values, completed, first, last in bulk_read.iter_values(
        added, "learner_id", "unit_key", *names, "scroll", "completed", "first", "last"
    ):
        yield (*values, bool(completed), first, last)
