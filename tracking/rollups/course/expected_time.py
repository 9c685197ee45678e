"""The expected time of a lesson: the host's, else the class median, else the setting.

The class median is the median of the learners' active times. It depends on no state, so states may depend on it.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import OuterRef, QuerySet, Subquery

from tracking.definitions import times
from tracking.events import UnitKind
from tracking.models import OutlineUnit, UnitStats

NOT_READ = frozenset({UnitKind.MODULE, UnitKind.QUIZ})


def uses_class_median(unit: OutlineUnit) -> bool:
    """Return whether ``unit`` is available and for reading, and the host gives no expected time."""
    return unit.is_available and not unit.expected_seconds and unit.kind not in NOT_READ


def class_medians(course_key: str, outline: Iterable[OutlineUnit]) -> dict[str, int]:
    """Return the class median in seconds of each unit that uses it, if enough learners were timed.

    One query, or none if the host gives the time of every lesson.
    """
    unit_keys = {unit.unit_key for unit in outline if uses_class_median(unit)}
    if not unit_keys:
        return {}
    rows = UnitStats.objects.filter(course_key=course_key, timed_count__gte=min_timed_learners())
    found = {row.unit_key: median_from_stats(row) for row in rows if row.unit_key in unit_keys}
    return {unit_key: seconds for unit_key, seconds in found.items() if seconds}


def annotate_class_median(units: QuerySet[OutlineUnit]) -> QuerySet[OutlineUnit]:
    """Add the class median to each of ``units``, for ``annotated_class_median`` to read without another query."""
    classes = UnitStats.objects.filter(
        course_key=OuterRef("course_key"),
        unit_key=OuterRef("unit_key"),
        timed_count__gte=min_timed_learners(),
    )
    return units.annotate(class_median_ms=Subquery(classes.values("median_active_ms")[:1]))


def annotated_class_median(unit: OutlineUnit) -> int | None:
    """Return the class median in seconds of a unit from ``annotate_class_median``, as ``class_medians`` does."""
    median_ms: int | None = getattr(unit, "class_median_ms", None)
    return _seconds_or_none(median_ms) if uses_class_median(unit) else None


def median_from_stats(row: UnitStats) -> int | None:
    """Return the class median in seconds in ``row``; ``None`` if too few learners were timed."""
    return times.EXPECTED_FROM_CLASS.of(row) or None


def min_timed_learners() -> int:
    """Return how many learners must be timed before their median counts."""
    return times.EXPECTED_FROM_CLASS.minimum.people()


def _seconds_or_none(median_ms: int | None) -> int | None:
    # Round to the second: otherwise each minute of reading would change the median, and with it the rows of learners.
    return times.whole_seconds(median_ms) or None if median_ms is not None else None
