"""How long a lesson should take: what the host says, else what its class needs, else the setting.

What the class needs is the middle of the active times of its learners. That depends on no state, so that states may
depend on it.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import OuterRef, QuerySet, Subquery

from tracking.definitions import times
from tracking.events import UnitKind
from tracking.models import OutlineUnit, UnitStats

NOT_READ = frozenset({UnitKind.MODULE, UnitKind.QUIZ})


def uses_class_median(unit: OutlineUnit) -> bool:
    """Return whether ``unit`` is open and there to be read, and the host does not say how long that takes."""
    return unit.is_available and not unit.expected_seconds and unit.kind not in NOT_READ


def class_medians(course_key: str, outline: Iterable[OutlineUnit]) -> dict[str, int]:
    """Return the seconds that the class needs, by unit: of those left to it, as far as it is large enough to tell.

    One query, and none where the host says it of every lesson.
    """
    unit_keys = {unit.unit_key for unit in outline if uses_class_median(unit)}
    if not unit_keys:
        return {}
    rows = UnitStats.objects.filter(course_key=course_key, timed_count__gte=min_timed_learners())
    found = {row.unit_key: median_from_stats(row) for row in rows if row.unit_key in unit_keys}
    return {unit_key: seconds for unit_key, seconds in found.items() if seconds}


def annotate_class_median(units: QuerySet[OutlineUnit]) -> QuerySet[OutlineUnit]:
    """Add the middle of its class to each of ``units``, for ``annotated_class_median`` to read: there is no query more."""
    classes = UnitStats.objects.filter(
        course_key=OuterRef("course_key"),
        unit_key=OuterRef("unit_key"),
        timed_count__gte=min_timed_learners(),
    )
    return units.annotate(class_median_ms=Subquery(classes.values("median_active_ms")[:1]))


def annotated_class_median(unit: OutlineUnit) -> int | None:
    """Return the seconds that its class needs for a unit out of ``annotate_class_median``, as ``class_medians`` does."""
    median_ms: int | None = getattr(unit, "class_median_ms", None)
    return _seconds_or_none(median_ms) if uses_class_median(unit) else None


def median_from_stats(row: UnitStats) -> int | None:
    """Return the seconds that the class in ``row`` needs; ``None`` where too few were timed."""
    return times.EXPECTED_FROM_CLASS.of(row) or None


def min_timed_learners() -> int:
    """Return how many learners there must be for a figure to be learned from them."""
    return times.EXPECTED_FROM_CLASS.minimum.people()


def _seconds_or_none(median_ms: int | None) -> int | None:
    # To the second, so that not every minute of reading moves it.
    return times.whole_seconds(median_ms) or None if median_ms is not None else None
