"""One course over all its enrolled learners, and over each group of them: units, modules, days, weeks and ways."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import date, datetime

from tracking.models import CourseOutline
from tracking.rollups.course import days as course_days
from tracking.rollups.course import patterns, rosters, units
from tracking.rollups.learner import days


def roll_up_course(course_key: str, *, now: datetime, only: AbstractSet[date] | None = None) -> None:
    """Set the class rows of one course; with ``only`` those of other days are right already.

    The caller holds the lock on its outline row.
    """
    outline = CourseOutline.objects.filter(course_key=course_key).first()
    zone = days.course_time_zone(outline.time_zone if outline else "")
    roster = rosters.read_roster(course_key)
    units.set_unit_stats(roster)
    course_days.set_course_days(
        roster, zone=zone, starts_at=outline.starts_at if outline else None, only=only
    )
    patterns.set_course_patterns(roster)
    CourseOutline.objects.filter(course_key=course_key).update(rolled_up_at=now)
