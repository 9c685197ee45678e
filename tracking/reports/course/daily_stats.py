"""The days of a class, read at once for all that is told of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from django.db.models import Q

from tracking.models import CourseDay

CourseDays = Mapping[date, CourseDay]


class DayRange(NamedTuple):
    """Days from ``first`` to ``last``, both included."""

    first: date
    last: date


def read_daily_stats(course_key: str, stretches: Iterable[DayRange]) -> CourseDays:
    """Return the days of a course that lie in any of ``stretches`` and have a row. One query, or none without any."""
    within = Q()
    for stretch in stretches:
        within |= Q(day__range=stretch)
    return {row.day: row for row in CourseDay.objects.filter(within, course_key=course_key)} if within else {}
