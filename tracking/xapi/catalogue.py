"""Titles and kinds of units, read once for a whole export."""

from __future__ import annotations

from functools import lru_cache

from tracking.events import UnitKind
from tracking.models import CourseOutline, OutlineUnit


class Catalogue:
    """What is known of courses and units; an outline is read when its first unit is asked for."""

    def __init__(self) -> None:
        self._units = lru_cache(maxsize=64)(_units_of)
        self._titles = lru_cache(maxsize=1024)(_title_of)

    def title(self, course_key: str) -> str:
        """Return the title of a course; its key where the course is not known."""
        return self._titles(course_key)

    def unit(self, course_key: str, unit_key: str) -> OutlineUnit:
        """Return a unit; one without a kind where the outline does not have it any more."""
        found = self._units(course_key).get(unit_key)
        unknown = OutlineUnit(course_key=course_key, unit_key=unit_key, title=unit_key, kind=UnitKind.OTHER)
        return unknown if found is None else found


def _units_of(course_key: str) -> dict[str, OutlineUnit]:
    return {unit.unit_key: unit for unit in OutlineUnit.objects.filter(course_key=course_key)}


def _title_of(course_key: str) -> str:
    found = CourseOutline.objects.filter(course_key=course_key).values_list("title", flat=True).first()
    return found or course_key
