"""One course over all its enrolled learners, and over each group of them: units, modules, days, weeks and ways."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import date, datetime

from tracking.models import CourseOutline
from tracking.rollups import class_days, class_patterns, class_units, days, rosters


def fold(course_key: str, *, now: datetime, only: AbstractSet[date] | None = None) -> None:
    """Set the class rows of one course; with ``only`` those of other days are right already.

    The caller holds the lock on its outline row.
    """
    outline = CourseOutline.objects.filter(course_key=course_key).first()
    zone = days.zone_of(outline.time_zone if outline else "")
    roster = rosters.read(course_key)
    class_units.fold(roster)
    class_days.fold(roster, zone=zone, starts_at=outline.starts_at if outline else None, only=only)
    class_patterns.fold(roster)
    CourseOutline.objects.filter(course_key=course_key).update(rolled_up_at=now)
